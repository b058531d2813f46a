"""What the libraries that the counts are compared with need before they can be imported."""

import sys
from types import ModuleType

# abcvoting asks for a commercial solver as soon as it is imported, and for rules only that are not compared here.
# An empty module in its place is enough: nothing of it is looked up before such a rule is called.
sys.modules.setdefault("gurobipy", ModuleType("gurobipy"))
