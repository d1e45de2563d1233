"""The demo clinic: made-up people and eight weeks of their doings, made by the product's own actions."""
