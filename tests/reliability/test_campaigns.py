"""A campaign whose tasks are being made when its process is killed: each customer gets one."""

from __future__ import annotations

import signal

import pytest

from tests.reliability.conftest import Firm

BEGIN = """
from huike.customers.models import Party
from huike.kernel.actor import Actor
from huike.kernel.change.work import change
from huike.kernel.records.bulk import create_all
from huike.marketing.actions import start
from huike.marketing.drawing import draw
from huike.marketing.models import Campaign, Segment
system = Actor.system("test")
with change(system, "test.begin"):
    create_all([Party(name=f"n{n}") for n in range(2000)])
    segment = Segment(name="all"); segment.save()
    campaign = Campaign(name="c", segment=segment, task_title="t"); campaign.save()
start(system, draw(system, campaign))
"""
WORK = """
import os, time
from datetime import timedelta
from huike.kernel.jobs.models import Job
from huike.kernel.jobs.worker import run_worker
from huike.marketing import jobs
make, made = jobs.hand_out, []
def watched(campaign, after):
    done = make(campaign, after)
    made.append(done)
    if len(made) == {kill_at}:
        os.kill(os.getpid(), 9)
    return done
jobs.hand_out = watched
job = Job.objects.filter(name="marketing.hand_out")
for _try in range(100):
    run_worker(once=True, lease=timedelta(seconds=1))
    if not job.filter(state__in=["waiting", "running"]).exists():
        break
    time.sleep(0.2)
print(job.get().state, job.get().result["tasks"])
"""
COUNT = """
from huike.kernel.change.journal import broken_links
from huike.marketing.models import CampaignMember
from huike.office.models import Task
parties = list(Task.objects.values_list("party_id", flat=True))
linked = CampaignMember.objects.filter(is_treated=True, task__isnull=False).count()
print(len(parties), len(set(parties)), linked, list(broken_links()))
"""


@pytest.mark.long
def test_killed_between_writing_and_commit_each_task_is_made_once(firm: Firm) -> None:
    firm.run(BEGIN)
    process = firm.start(WORK.format(kill_at=2))
    process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL
    assert firm.run(COUNT) == "500 500 500 []"
    assert firm.run(WORK.format(kill_at=0)) == "done 1600"
    assert firm.run(COUNT) == "1600 1600 1600 []"
