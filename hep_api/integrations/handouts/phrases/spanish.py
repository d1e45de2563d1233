"""The handout in Spanish; the patient is addressed as usted."""

from hep_api.integrations.handouts.phrases.phrasebook import Phrasebook

SPANISH = Phrasebook(
    title="Sus ejercicios en casa",
    for_whom="Para {name}",
    printed_on="Fecha: {date}",
    practitioner="Su profesional: {name}",
    questions="¿Tiene preguntas o le duele algo? Llámenos:",
    open_app="Abrir en la aplicación",
    open_app_hint="Apunte la cámara del teléfono al código.",
    nothing="No hay ejercicios previstos para estas fechas.",
    how_to="Cómo se hace",
    as_above="Las imágenes y los pasos están más arriba.",
    cues="Recuerde",
    precautions="Tenga cuidado",
    note="Nota:",
    from_day="A partir del {date}",
    from_day_of="A partir del {date}:",
    until_day="Hasta el {date}:",
    table="Marque lo que ha hecho",
    table_hint="Marque una casilla cada vez que haga el ejercicio.",
    of_week="Semana {dates}",
    exercise="Ejercicio",
    to_do="por hacer",
    not_due="no toca",
    paused="pausa",
    this_week="los días que usted elija:",
    as_needed="cuando lo necesite; haga una marca cada vez:",
    boxes="{n} por hacer",
)
