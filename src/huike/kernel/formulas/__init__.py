"""Values that the database works out: formulas over a record, and sums over related records."""

from __future__ import annotations


def start() -> None:
    """Tell the entities how such fields are made; called once, when Django is ready."""
    from huike.kernel.entity.custom import CustomField
    from huike.kernel.entity.defining import checking
    from huike.kernel.entity.entity import workers
    from huike.kernel.entity.reading import preparing
    from huike.kernel.formulas import computed, rollups
    from huike.kernel.formulas.field import work_out

    workers[CustomField.Kind.COMPUTED] = computed.field_of
    workers[CustomField.Kind.ROLLUP] = rollups.field_of
    checking[CustomField.Kind.COMPUTED] = computed.check_formula
    checking[CustomField.Kind.ROLLUP] = rollups.check_rollup
    if work_out not in preparing:
        preparing.append(work_out)
