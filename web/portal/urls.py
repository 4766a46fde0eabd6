from django.http import HttpRequest, HttpResponse
from django.urls import path


def _nothing(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("")


app_name = "portal"
urlpatterns = [path("", _nothing, name="sign_in")]
