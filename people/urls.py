from django.urls import path
from django.utils.translation import gettext_lazy as _

from people import views

app_name = "people"
urlpatterns = [
    path("", views.account, name="account"),
    path(_("reading/"), views.reading, name="reading"),
    path(_("my-data/"), views.my_data, name="my_data"),
    path(_("delete/"), views.delete_account, name="delete"),
]
