"""Small voice applications, each as a tutorial would write it with the published library."""
