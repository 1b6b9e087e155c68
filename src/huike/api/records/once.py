"""Does a request once, however often it arrives with the same Idempotency-Key."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from huike.api.models import KeptAnswer, Token
from huike.api.problems import Problem
from huike.staff.models import User

HEADER = "Idempotency-Key"
KEPT_FOR = timedelta(hours=24)
KEPT_HEADERS = ("ETag", "Location", "Huike-Change")
_FORM = re.compile(r"[\x21-\x7e]{1,100}")


def once(request: Request, do: Callable[[], Response]) -> Response:
    """Return what `do` answers, or what it answered to the same key within the last 24 hours.

    Key and work are one transaction: what failed left nothing and may be tried again.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return do()
    if not _FORM.fullmatch(key):
        raise Problem(400, "malformed", _("An Idempotency-Key holds 1 to 100 signs of ASCII."))
    mark = _mark(request)
    _old(request).delete()
    with transaction.atomic():
        kept = _new(request, key, mark)
        if kept is None:
            return _again(request, key, mark)
        answer = do()
        kept.status, kept.body = answer.status_code, answer.data
        kept.headers = {n: answer.headers[n] for n in KEPT_HEADERS if n in answer.headers}
        kept.save()
    return answer


def _mark(request: Request) -> str:
    """Return the digest by which the same request is known."""
    told = hashlib.sha256(f"{request.method} {request.get_full_path()} ".encode())
    if request.content_type.startswith("multipart/"):
        told.update(request.headers.get("Content-Length", "").encode())  # the rest was streamed
    else:
        told.update(request._request.body)
    return told.hexdigest()


def _mine(request: Request) -> QuerySet[KeptAnswer]:
    token = request.auth if isinstance(request.auth, Token) else None
    return KeptAnswer.objects.filter(user=_user(request), token=token)


def _user(request: Request) -> User:
    assert isinstance(request.user, User)
    return request.user


def _old(request: Request) -> QuerySet[KeptAnswer]:
    return _mine(request).filter(at__lt=timezone.now() - KEPT_FOR)


def _new(request: Request, key: str, mark: str) -> KeptAnswer | None:
    """Take the key, waiting for whoever uses it at this moment; None where it is used up."""
    token = request.auth if isinstance(request.auth, Token) else None
    try:
        with transaction.atomic():
            return KeptAnswer.objects.create(
                user=_user(request), token=token, key=key, request=mark
            )
    except IntegrityError:
        return None


def _again(request: Request, key: str, mark: str) -> Response:
    kept = _mine(request).get(key=key)
    if kept.request != mark:
        words = _("This Idempotency-Key was used for another request. Use a new one.")
        raise Problem(422, "invalid", words, errors={HEADER: [words]})
    headers = {**kept.headers, "Idempotency-Replayed": "true"}
    return Response(kept.body, status=kept.status, headers=headers)
