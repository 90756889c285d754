"""The short addresses on paper, outside the languages."""

from django.urls import path

from certificates import views

urlpatterns = [
    path("v/", views.short),
    path("v/<str:code>", views.short, name="check_certificate"),
    path("v/<str:code>/", views.short),
]
