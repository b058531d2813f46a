"""What one installation is: its name, whether its first hour is over, whether it shows the demonstration."""
