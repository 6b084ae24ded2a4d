"""Stream keys: lasting permissions for encoders and players to enter a lesson's room by WHIP and WHEP."""
