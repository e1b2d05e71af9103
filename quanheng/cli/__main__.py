import sys

from quanheng.cli import main

sys.exit(main())
