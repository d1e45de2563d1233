"""What starts the product on a developer's machine; the product itself never imports it."""
