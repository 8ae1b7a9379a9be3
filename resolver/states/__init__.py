"""The state space: projects as sets of releases, what they ask for, and propagation with learning."""
