"""Các phòng của ngôi nhà: ``create_app`` is the one place that knows every room."""

from typing import Any

from flask import Flask, Request, request
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter

from quizapp import database, site
from quizapp.accounts import delegate_pages
from quizapp.accounts import queries as account_queries
from quizapp.accounts import views as accounts
from quizapp.administration import import_pages as people_import_pages
from quizapp.administration import mending_pages
from quizapp.administration import views as administration
from quizapp.analysis import views as analysis
from quizapp.attempts import views as attempts
from quizapp.config import Settings, read_settings
from quizapp.desk import menu
from quizapp.desk import views as desk
from quizapp.files import views as files
from quizapp.jobs import views as jobs
from quizapp.learning import views as learning
from quizapp.library import official_pages
from quizapp.library import views as library
from quizapp.reports import study_pages as study
from quizapp.reports import urging_pages as urging
from quizapp.reports import views as reports
from quizapp.reports.official import views as official
from quizapp.studio import (
    asking_pages,
    bank_pages,
    citing_pages,
    course_pages,
    document_pages,
    editing_pages,
    heading_pages,
    picture_pages,
    provision_pages,
    review_pages,
)
from quizapp.studio import import_mending_pages as question_mending_pages
from quizapp.studio import import_pages as question_import_pages
from quizapp.studio import print_pages as printing
from quizapp.studio import views as studio
from quizapp.web import csrf, errors, formats, headers, static_files, uploads
from quizapp.web.addresses import Addresses, Routes
from quizapp.web.asked import Asked, current_user, the_session
from quizapp.web.cookie import Cookies
from quizapp.web.rendering import FormOfAddress, Pages

ROOMS = (
    accounts,
    delegate_pages,
    files,
    library,
    official_pages,
    learning,
    attempts,
    jobs,
    analysis,
    studio,
    printing,
    reports,
    official,
    urging,
    study,
    administration,
    desk,
)
# Each of these adds its pages to the blueprint of its room as it is imported.
MORE_PAGES = (
    people_import_pages,
    mending_pages,
    asking_pages,
    bank_pages,
    citing_pages,
    course_pages,
    document_pages,
    editing_pages,
    heading_pages,
    question_import_pages,
    question_mending_pages,
    picture_pages,
    provision_pages,
    review_pages,
)
MAX_BODY = 256 * 1024  # bytes; the largest form is a lesson's text


class RowNumber(IntegerConverter):
    """A number that may be an id: one that no column holds is an unknown page, not our mistake."""

    regex = r"\d{1,15}"


class Site(Flask):
    """Flask without what it would find out anew for every request."""

    jinja_environment = Pages
    request_class = Asked

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._path = Addresses(super().url_for).path
        self._adapter = Routes(super().create_url_adapter).adapter

    def ensure_sync(self, func: Any) -> Any:
        """The function itself: none of our views and hooks is a coroutine."""
        return func

    def create_url_adapter(self, request: Request | None) -> Any:
        """The adapter, which has matched most addresses before."""
        return super().create_url_adapter(request) if request is None else self._adapter(request)

    def url_for(
        self,
        endpoint: str,
        *,
        _anchor: str | None = None,
        _method: str | None = None,
        _scheme: str | None = None,
        _external: bool | None = None,
        **values: Any,
    ) -> str:
        """A path that was built before is not built again."""
        if _method or _scheme or _external:
            return super().url_for(
                endpoint, _anchor=_anchor, _method=_method, _scheme=_scheme, _external=_external, **values
            )
        if _anchor:
            values["_anchor"] = _anchor
        return self._path(endpoint if endpoint[0] != "." else f"{request.blueprint}{endpoint}", values)


def create_app(settings: Settings | None = None) -> Flask:
    """The site. Without settings, they are read from the environment."""
    settings = settings or read_settings()
    app = Site("quizapp", static_folder=None, template_folder="web/templates")
    app.extensions["settings"] = settings
    app.url_map.converters["int"] = RowNumber
    app.secret_key = settings.secret
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_PARTS=500,
        SESSION_COOKIE_NAME="phien",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=30 * 24 * 3600,
    )
    app.session_interface = Cookies(app)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension(FormOfAddress)
    app.jinja_env.filters.update(addressed=site.asked, counted=site.counted)
    app.jinja_env.globals.update(menu=menu.menu, url_for=app.url_for)
    app.context_processor(_look)
    headers.init_app(app, settings.https)  # after_request runs backwards: committing comes before compressing
    database.init_app(app, settings)
    with app.app_context():
        account_queries.recent.watch()
        site.cache.watch()
    static_files.init_app(app, settings.data)
    formats.init_app(app)
    errors.init_app(app)
    accounts.init_app(app)
    uploads.init_app(app)
    csrf.init_app(app)
    for room in ROOMS:
        app.register_blueprint(room.bp)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies)  # type: ignore[method-assign]
    return app


def _look() -> dict[str, Any]:
    """Who asks; what is set for the site; text size and theme: of the account, else of this browser's cookie."""
    who = current_user._get_current_object()
    known = who.is_authenticated
    size = the_session().get("co-chu") or (who.text_size if known else 100)
    wanted = site.current()
    look = {"size": size, "theme": who.theme if known else "he-thong"}
    return {"current_user": who, "site": wanted, "site_name": wanted.site_name, "look": look}
