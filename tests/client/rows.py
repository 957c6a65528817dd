"""Rows for a service that may report a job as finished at once; see run."""

import sys

import common
import tap

# Importing them adds their rows, in this order.
import start  # pylint: disable=unused-import
import tuning  # pylint: disable=unused-import
import brute_force  # pylint: disable=unused-import
import finish  # pylint: disable=unused-import
import filters  # pylint: disable=unused-import
import more  # pylint: disable=unused-import

common.look_every(0.3)
sys.exit(1 if tap.run(common.dr.__version__, tap.State()) else 0)
