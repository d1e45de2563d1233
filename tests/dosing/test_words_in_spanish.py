"""Doses and schedules in Spanish, each written by hand, in the order of the combinations."""

import pytest

from hep_api.dosing.dose import Dose
from hep_api.dosing.schedule import Schedule
from hep_api.dosing.words.prescriptions import prescription_in_words
from tests.dosing.combinations import COMBINATIONS

WORDS = """
3 series de 10 repeticiones, mantener 5 segundos, cada lado, 2 veces al día, lun, mié y vie
3 series de 10 repeticiones, una vez al día
3 series de 10 repeticiones, 2 veces al día
3 series de 10 repeticiones, 3 veces al día
3 series de 10 repeticiones, 12 veces al día
1 serie de 1 repetición, una vez al día
1 serie de 15 repeticiones, 2 veces al día
2 series de 1 repetición, una vez al día
50 series de 1000 repeticiones, una vez al día
1 serie de 5 repeticiones, mantener 1 segundo, una vez al día
3 series de 8 repeticiones, mantener 1 minuto, una vez al día
3 series de 8 repeticiones, descansar 1 segundo entre series, una vez al día
3 series de 8 repeticiones, cada lado, descansar 1 minuto y 30 segundos entre series, una vez al día
1 serie de 8 repeticiones, después descansar 30 segundos, una vez al día
4 series de 6 repeticiones, mantener 3 segundos, descansar 2 minutos entre series, una vez al día, mar y jue
mantener 30 segundos, una vez al día
mantener 30 segundos, 2 veces, una vez al día
mantener 30 segundos, 4 veces, cada lado, 2 veces al día
mantener 20 segundos, 3 veces, descansar 10 segundos entre una vez y otra, un día sí y otro no
mantener 45 segundos, después descansar 15 segundos, cada 3 días
20 minutos, una vez al día
1 minuto, una vez al día
3 series de 2 minutos, cada lado, una vez al día
2 series de 1 minuto y 30 segundos, descansar 1 minuto entre series, 2 veces al día, un día sí y otro no
1 hora, 3 veces por semana, los días que usted elija
1 hora y 30 minutos, una vez por semana, el día que usted elija
2 horas 2 minutos y 5 segundos, 2 veces por semana, los días que usted elija
24 horas, 7 veces por semana, los días que usted elija
1 hora y 1 segundo, cada 7 días
20 segundos, 3 veces al día, cada 14 días
2 series de 12 repeticiones, una vez al día, los lunes
2 series de 12 repeticiones, 2 veces al día, los miércoles
2 series de 12 repeticiones, 3 veces al día, los domingos
2 series de 12 repeticiones, una vez al día, de lunes a viernes
2 series de 12 repeticiones, 2 veces al día, de miércoles a domingo
2 series de 12 repeticiones, una vez al día, lun, mar, mié, jue y sáb
2 series de 12 repeticiones, una vez al día, sáb y dom
2 series de 12 repeticiones, 2 veces al día
3 series de 12 repeticiones, con 2,5 kg, cuando lo necesite
3 series de 12 repeticiones, con 10 kg, cuando lo necesite, como máximo una vez al día
3 series de 12 repeticiones, con 7,25 lb, cuando lo necesite, como máximo 2 veces al día
3 series de 12 repeticiones, con 1000 lb, cuando lo necesite, como máximo 3 veces al día
3 series de 12 repeticiones, con banda elástica roja, cuando lo necesite, como máximo 13 veces al día
3 series de 12 repeticiones, con banda elástica gris, cuando lo necesite, como máximo 100 veces al día
3 series de 12 repeticiones, con banda elástica naranja, una vez al día
3 series de 12 repeticiones, con banda elástica (Level 3), 4 veces al día
""".strip().split("\n")


@pytest.mark.parametrize(("prescribed", "words"), list(zip(COMBINATIONS, WORDS, strict=True)))
def test_a_prescription_reads_as_a_practitioner_would_write_it(prescribed: tuple[Dose, Schedule], words: str) -> None:
    dose, schedule = prescribed
    assert prescription_in_words(dose, schedule, "es") == words
