"""``python -m stakeholder_hub`` is the ``stakeholder-hub`` command."""

from stakeholder_hub.cli import main

if __name__ == "__main__":
    main()
