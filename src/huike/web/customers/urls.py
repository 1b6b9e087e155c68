"""The addresses of customers beyond the generic ones."""

from __future__ import annotations

from django.urls import path

from huike.web.customers import categories, ties

urlpatterns = [
    path("customers/category/tree/", categories.show, name="categories"),
    path("customers/category/tree/<int:pk>/", categories.one, name="category-branch"),
    path("customers/category/tree/<int:pk>/move/", categories.move, name="category-move"),
    path("customers/category/tree/<int:pk>/bin/", categories.to_bin, name="category-bin"),
    path("customers/category/tree/<int:pk>/take/", categories.take, name="category-take"),
    path("customers/party/<int:pk>/ties/", ties.show, name="party-ties"),
]
