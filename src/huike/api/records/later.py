"""What is long goes on as a job of the caller: the answer is 202 and says where the job stands."""

from __future__ import annotations

from typing import Any

from rest_framework.response import Response

from huike.kernel.actor import Actor
from huike.kernel.entity.entity import Entity
from huike.kernel.jobs.queries import JobState, job_state
from huike.kernel.jobs.queue import enqueue
from huike.kernel.lists.acting.selection import Selection
from huike.kernel.lists.acting.verb_act import Do
from huike.kernel.lists.view import ListView


def verb_later(actor: Actor, entity: Entity, keys: tuple[int, ...], act: Do) -> Response:
    """Let a job do a slow verb to rows, as the screen does; what each row refuses, it tells."""
    chosen = Selection(ListView(entity), keys)
    job = enqueue(actor, "lists.act", selection=chosen.as_json(), act=act.as_json())
    return accepted(job_state(actor, job.pk))


def accepted(job: JobState) -> Response:
    """Return the answer that tells of a job and of its address."""
    return Response(job_as_json(job), status=202, headers={"Location": f"/api/v1/jobs/{job.id}/"})


def job_as_json(job: JobState) -> dict[str, Any]:
    """Return how a job stands, as clients read it."""

    def moment(value: Any) -> str | None:
        return value.isoformat() if value else None

    return {
        "id": job.id,
        "name": job.name,
        "title": job.title,
        "state": str(job.state.value),
        "done": job.done,
        "total": job.total,
        "percent": job.percent,
        "note": job.note,
        "error": job.error,
        "result": job.result,
        "created_at": moment(job.created_at),
        "started_at": moment(job.started_at),
        "finished_at": moment(job.finished_at),
    }
