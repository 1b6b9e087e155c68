"""Columns of a party that the product keeps itself: owned or pooled since, stage, completeness."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from huike.customers.stages.words import Relation, Stage


class Kept(models.Model):
    """Derived columns: written by pool, stages and quality, shown and filtered like any other."""

    owned_since = models.DateField(_("owned since"), null=True, editable=False)
    pooled_since = models.DateField(_("in the pool since"), null=True, editable=False)
    relation = models.CharField(
        _("relation"), max_length=14, choices=Relation, blank=True, editable=False, db_index=True
    )
    stage = models.CharField(
        _("stage"), max_length=14, choices=Stage, blank=True, editable=False, db_index=True
    )
    # what the analysis says, whatever a person has set for a while
    rule_relation = models.CharField(max_length=14, blank=True, default="", editable=False)
    rule_stage = models.CharField(max_length=14, blank=True, default="", editable=False)
    # how much of the file is filled, by the weights of quality/; renewed every night and on change
    completeness = models.PositiveSmallIntegerField(
        _("completeness (%)"), null=True, editable=False, db_index=True
    )

    class Meta:
        abstract = True


DERIVED = frozenset(f.name for f in Kept._meta.local_fields)
