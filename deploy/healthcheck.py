"""Does this container's web server answer /sante/? Asked from inside, as nginx would ask."""

import os
import sys
from urllib.request import Request, urlopen

host = os.environ["ALLOWED_HOSTS"].split(",")[0].lstrip(".")
request = Request("http://127.0.0.1:8000/sante/", headers={"Host": host, "X-Forwarded-Proto": "https"})
with urlopen(request, timeout=4) as response:  # noqa: S310
    sys.exit(response.status != 200)
