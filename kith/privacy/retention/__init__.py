"""For how long things are kept: rules as data, simulated before they are in force, kept every night."""
