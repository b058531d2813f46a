"""What participants put forward: versions, support, place, cost, state and the official answer."""
