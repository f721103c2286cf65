"""Entry point of the web server: ``granian --interface wsgi app.wsgi:application``."""

from app import create_app
from app.cli.context import settings

application = create_app(settings())
