# SPDX-License-Identifier: GPL-2.0-or-later
"""scmi_iio, and thermal zones of SCMI sensors, both ways."""

import struct

import pytest

import scmi

# Other kernels have none of these drivers: see test_scmi.py.
pytestmark = pytest.mark.kernels("lab")


def test_thermal_zone(built_in):
    zone = scmi.thermal_zone(built_in)
    for value in (-12_500, 94_999, 42_500):
        scmi.put(built_in, "sensor", "soc-thermal", "value", value)
        assert built_in.read(f"{zone}/temp") == str(value)


def iio(guest, name):
    """The directory of an IIO device."""
    return guest.check("dirname $(grep -l "
                       f"'^{name}$' /sys/bus/iio/devices/*/name)").strip()


# sensor: what IIO calls its channels
CHANNELS = {"accelerometer": "accel", "gyroscope": "anglvel"}

by_channel = pytest.mark.parametrize("sensor, channel", CHANNELS.items(),
                                     ids=CHANNELS)


@by_channel
@pytest.mark.parametrize("value", [0, 1, -39_226_600, 39_226_600])
def test_axes(phone, sensor, channel, value):
    device = iio(phone, sensor)
    for number, axis in enumerate("xyz"):
        before = scmi.get(phone, "sensor", sensor, f"value-{number}")
        scmi.put(phone, "sensor", sensor, f"value-{number}", value + number
                 if value < 1 else value - number)
        assert int(phone.read(f"{device}/in_{channel}_{axis}_raw")) == \
            scmi.get(phone, "sensor", sensor, f"value-{number}")
        assert phone.read(f"{device}/in_{channel}_{axis}_scale") == \
            "0.000001000"
        scmi.put(phone, "sensor", sensor, f"value-{number}", before)


@pytest.mark.parametrize("sensor, available", [
    ("accelerometer", "400.000000 200.000000 100.000000 50.000000 25.000000 "
                      "10.000000"),
    ("gyroscope", "[200.000000 200.000000 10.000000]")])
def test_sampling_frequencies(phone, sensor, available):
    file = f"{iio(phone, sensor)}/in_{CHANNELS[sensor]}_sampling_frequency"
    assert phone.read(f"{file}_available") == available


@by_channel
def test_sampling_frequency_is_the_interval(phone, sensor, channel):
    file = f"{iio(phone, sensor)}/in_{channel}_sampling_frequency"
    for hertz in (10, 100, 50):
        phone.write(file, hertz)
        assert scmi.get(phone, "sensor", sensor, "interval") == \
            1_000_000 // hertz
        assert phone.read(file) == f"{hertz}.000000"


@by_channel
def test_buffer_is_filled_by_events(phone, sensor, channel):
    """Scans of three axes and a timestamp, one for each event."""
    device, scans = iio(phone, sensor), 4
    node = "/dev/" + device.split("/")[-1]
    values = (-1_234_567, 7, 9_806_650)
    for number, value in enumerate(values):
        scmi.put(phone, "sensor", sensor, f"value-{number}", value)
    events = scmi.counters(phone).get("notification_ok", 0)
    phone.check(f"cd {device}/scan_elements && for e in *_en; do "
                "echo 1 > $e; done && echo 64 > ../buffer/length && "
                "echo 1 > ../buffer/enable")
    try:
        assert scmi.get(phone, "sensor", sensor, "enabled")
        status, data = phone.run(f"dd if={node} bs=32 count={scans} "
                                 "2> /dev/null", text=False)
    finally:
        phone.write(f"{device}/buffer/enable", 0)
    assert not scmi.get(phone, "sensor", sensor, "enabled")
    assert status == 0 and len(data) == 32 * scans
    found = [struct.unpack_from("<4q", data, 32 * scan)
             for scan in range(scans)]
    assert [scan[:3] for scan in found] == [values] * scans
    stamps = [scan[3] for scan in found]
    assert stamps == sorted(set(stamps))
    assert scmi.counters(phone)["notification_ok"] >= events + scans


def test_slow_sensor_is_answered_later(phone):
    before = scmi.delayed(phone)
    assert scmi.hwmon_values(phone)["soc-power"] == \
        ("power1", scmi.get(phone, "sensor", "soc-power", "value"))
    assert scmi.delayed(phone) == before + 1
