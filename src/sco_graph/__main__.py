"""`python -m sco_graph`."""

import sys

from sco_graph.cli import main

sys.exit(main())
