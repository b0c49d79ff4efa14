"""What every resource type does alike: a type says what it is, and the kit carries it out."""
