"""What calls leave behind, drawn for the terminal."""
