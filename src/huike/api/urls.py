"""The addresses of the API: those of every entity, and those of the house."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLPattern, path, re_path, register_converter
from django.urls.converters import StringConverter

from huike.api import figures, house, insight, tales
from huike.api.access import token_pages
from huike.api.docs import client, docs, schema
from huike.api.duplicates import DuplicatesView
from huike.api.records import resources
from huike.api.records.bulk import BulkView
from huike.api.records.many import VerbOnManyView
from huike.api.sealing import SealedView
from huike.api.setup import layouts, packs
from huike.kernel.entity.entity import Entity, entities
from huike.kernel.sealing.fields import can_be_sealed


class Key(StringConverter):
    """The key of a row: a number that a database can hold."""

    regex = "[0-9]{1,18}"

    def to_python(self, value: str) -> int:  # type: ignore[override]
        return int(value)


register_converter(Key, "key")


def of_entity(entity: Entity) -> Iterator[URLPattern]:
    """Yield the addresses of one kind of record."""
    at, row = f"v1/{entity.key}/", f"v1/{entity.key}/<key:id>/"
    name = entity.key.replace("/", "_")
    views = {
        at: resources.RowsView,
        f"{at}bulk/": BulkView,
        row: resources.RowView,
        f"{row}restore/": resources.RestoreView,
        f"{row}history/": tales.HistoryView,
        f"{row}files/": tales.RowFilesView,
    }
    for address, view in views.items():
        yield path(address, view.as_view(entity=entity), name=f"api-{name}-{view.operation}")
    if can_be_sealed(entity):
        sealed = SealedView.as_view(entity=entity)
        yield path(f"{row}sealed/", sealed, name=f"api-{name}-sealed")
    for verb in entity.verbs:
        view_of_verb = resources.VerbView.as_view(entity=entity, verb=verb)
        yield path(f"{row}{verb.name}/", view_of_verb, name=f"api-{name}-{verb.name}")
        if verb.in_bulk:
            many = VerbOnManyView.as_view(entity=entity, verb=verb)
            yield path(f"{at}bulk/{verb.name}/", many, name=f"api-{name}-bulk-{verb.name}")


urlpatterns = [
    path("schema/", schema, name="api-schema"),
    path("client/", client, name="api-client"),
    path("docs/", docs, name="api-docs"),
    path("tokens/", token_pages.show, name="api-tokens"),
    path("tokens/<key:pk>/end/", token_pages.end, name="api-end-token"),
    path("v1/me/", house.MeView.as_view(), name="api-me"),
    path("v1/records/", house.RecordsView.as_view(), name="api-records"),
    path("v1/search/", house.SearchView.as_view(), name="api-search"),
    path("v1/customers/party/duplicates/", DuplicatesView.as_view(), name="api-duplicates"),
    path("v1/figures/", figures.FiguresView.as_view(), name="api-figures"),
    path("v1/insight/<slug:page_name>/", insight.InsightView.as_view(), name="api-insight"),
    path("v1/packs/", packs.PacksView.as_view(), name="api-packs"),
    path("v1/packs/<slug:name>/", packs.PackView.as_view(), name="api-pack"),
    path("v1/layouts/", layouts.LayoutsView.as_view(), name="api-layouts"),
    path("v1/layouts/<key:id>/", layouts.LayoutView.as_view(), name="api-layout"),
    path("v1/rules/", layouts.RulesView.as_view(), name="api-rules"),
    path("v1/jobs/", house.JobsView.as_view(), name="api-jobs"),
    path("v1/jobs/<key:id>/", house.JobView.as_view(), name="api-job"),
    path("v1/undo/", house.UndoView.as_view(), name="api-undo"),
    path("v1/files/", tales.FilesView.as_view(), name="api-files"),
    path("v1/files/<key:id>/", tales.FileView.as_view(), name="api-file"),
    *(pattern for entity in entities() for pattern in of_entity(entity)),
    re_path("", house.NothingHere.as_view(), name="api-nothing"),
]
