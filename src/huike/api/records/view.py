"""What every address of the API shares: organisation, caller, language, limits and problems."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header
from rest_framework import exceptions
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from huike.api.access.authentication import (
    SessionAuthentication,
    TokenAuthentication,
    actor_for,
    bearer,
)
from huike.api.access.throttling import PerAddress, PerCaller
from huike.api.access.tokens import organisation_of
from huike.api.openapi.schema import EntitySchema
from huike.api.problems import Problem, handle, wrong_parameter
from huike.api.records.parsing import AlwaysJSON, StrictJSON, check_text
from huike.kernel import organisations
from huike.kernel.actor import Actor
from huike.staff.models import User


class ApiView(APIView):
    """A view behind a token or a session; `self.actor` acts."""

    authentication_classes = [TokenAuthentication, SessionAuthentication]
    permission_classes = [IsAuthenticated]
    throttle_classes = [PerCaller]
    parser_classes = [StrictJSON]
    renderer_classes = [JSONRenderer]
    content_negotiation_class = AlwaysJSON
    schema: Any = EntitySchema()

    actor: Actor
    operation = ""  # how openapi/operations.py tells it
    parameters: frozenset[str] = frozenset()  # what its query string may hold

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with (
            organisations.working_for(self._organisation(request)),
            translation.override(translation.get_language()),
        ):
            answer = super().dispatch(request, *args, **kwargs)
            if isinstance(answer, Response):
                answer.render()  # while its language and its organisation are set
            return answer

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self._speak(request, None)
        try:
            self.perform_authentication(request)
        except exceptions.AuthenticationFailed:
            self._slow_strangers(request)
            raise
        if not isinstance(request.user, User):
            self._slow_strangers(request)
        super().initial(request, *args, **kwargs)
        self.actor = actor_for(request)
        self._speak(request, request.user)
        self._check_query(request)

    def get_exception_handler(self) -> Any:
        return handle

    def query(self, name: str) -> str:
        """Return a parameter of the address, or ""."""
        return str(self.request.query_params.get(name, ""))

    def whole(self, name: str, most: int, default: int) -> int:
        """Return a whole number from the address; raise Problem where it is none."""
        text = self.query(name)
        if not text:
            return default
        if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:9]) <= most:
            words = translation.gettext("“%(name)s” must be a whole number from 1 to %(most)s.")
            raise wrong_parameter(name, words % {"name": name, "most": most})
        return int(text)

    def _organisation(self, request: HttpRequest) -> str:
        secret = bearer(request.headers.get("Authorization", ""))
        named = organisation_of(secret) if secret else organisations.current()
        return named if named in organisations.names(settings.HOME) else organisations.FIRST

    def _slow_strangers(self, request: Request) -> None:
        throttle = PerAddress()
        if not throttle.allow_request(request, self):
            raise exceptions.Throttled(throttle.wait())

    def _speak(self, request: Request, user: Any) -> None:
        """Speak as the caller asks to be spoken to, else in the user's own language."""
        known = {code.partition("-")[0]: code for code, _name in settings.LANGUAGES}
        for code, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
            if found := known.get(code.partition("-")[0]):
                translation.activate(found)
                return
        if isinstance(user, User):
            translation.activate(user.language)

    def _check_query(self, request: Request) -> None:
        for name, values in request.query_params.lists():
            if name not in self.parameters:
                allowed = ", ".join(sorted(self.parameters)) or "–"
                words = translation.gettext(
                    "There is no parameter “%(name)s” here. Known are: %(known)s."
                )
                raise wrong_parameter(name[:60], words % {"name": name[:60], "known": allowed})
            if len(values) > 1:
                words = translation.gettext("“%s” is given more than once.")
                raise wrong_parameter(name, words % name)
            check_text(values[0])


def body_of(request: Request) -> dict[str, Any]:
    """Return the JSON object that was sent; raise Problem for anything else."""
    if not isinstance(request.data, dict):
        words = translation.gettext("The body must be a JSON object.")
        raise Problem(400, "malformed", words)
    return request.data
