"""Asks the firm's own virus scanner about every file that is attached, before it is kept.

HUIKE_SCAN names its command, such as "clamdscan --no-summary -": it gets the file on its standard
input and ends with 0 for a clean file, with 1 for one that it found something in.
"""

from __future__ import annotations

import logging
import subprocess
from collections.abc import Iterable

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

log = logging.getLogger(__name__)

CLEAN, FOUND = 0, 1
PATIENCE = 60  # seconds


def refuse_if_found(name: str, chunks: Iterable[bytes]) -> None:
    """Raise ValidationError where the scanner finds something in a file, or does not answer.

    Without a scanner nothing is asked.
    """
    if not settings.SCAN:
        return
    code = _asked(b"".join(chunks))
    if code == FOUND:
        log.warning("the scanner found something in an upload")
        raise ValidationError(_("The virus scanner refused “%s”. It was not kept.") % name)
    if code != CLEAN:
        log.error("the scanner did not answer: %s", code)
        raise ValidationError(
            _("“%s” could not be scanned for viruses and was not kept. Tell your administrator.")
            % name
        )


def _asked(content: bytes) -> int | None:
    """Return how the scanner ended, None where it could not be asked."""
    try:
        ended = subprocess.run(
            settings.SCAN, input=content, capture_output=True, timeout=PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return ended.returncode
