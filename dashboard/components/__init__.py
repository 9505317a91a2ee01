"""Parts that pages are made of: values of services/shapes.py in, components out."""
