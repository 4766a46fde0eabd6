from django.urls import path

from web.giving.urls import _nothing

app_name = "portal"
urlpatterns = [path("", _nothing, name="sign_in")]
