"""Entry point of the web server: ``granian --interface wsgi app.wsgi:application``."""

import importlib
import threading

from app import create_app
from app.cli.context import settings

application = create_app(settings())

# The class breaks of the budget map bring scipy and scikit-learn along, seconds on an old machine. Nobody waits for
# them: the site answers at once and they are there before the first budget map.
threading.Thread(target=importlib.import_module, args=("mapclassify",), name="warm-up", daemon=True).start()
