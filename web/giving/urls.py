from django.http import HttpRequest, HttpResponse
from django.urls import path


def _nothing(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("")


app_name = "giving"
urlpatterns = [path("give/<slug:slug>/", _nothing, name="give"), path("thanks/<uuid:checkout_id>/", _nothing, name="thanks")]
