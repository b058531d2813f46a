"""What the towns of the demonstration talk about, in their own languages."""
