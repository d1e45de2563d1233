"""R3, who may: every route and socket command x everyone of a scene, with everything that could leak or take effect."""
