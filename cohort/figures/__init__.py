"""From a result to its figure: the only modules that know both."""
