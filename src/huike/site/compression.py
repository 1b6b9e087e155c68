"""Sends pages, styles and scripts compressed; files, streams and the API go out as they are."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

PACKED = frozenset({"text/html", "text/css", "text/javascript", "application/javascript"})


class CompressionMiddleware(GZipMiddleware):
    """Django's own compression, which pads answers so that their size tells nothing of a secret.

    Only what a page is made of: the API's answers keep the strong ETags that If-Match asks for,
    and an answer without a body (304) gets none.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if response.status_code == 304 or kind not in PACKED:
            return response
        etag = response.headers.get("ETag")
        packed = super().process_response(request, response)
        if etag and request.path.startswith("/static/"):
            packed.headers["ETag"] = etag  # WhiteNoise knows its files by just this one
        return packed
