"""What is known of a program: each analysis is a value, one worklist runs them all."""
