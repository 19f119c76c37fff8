/*
 * Unit tests of the SCMI platform: configurations that make no sense
 *
 * Each is refused with an error that names the member that is wrong, and
 * leaves nothing behind.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "scmi-test.h"

typedef struct ConfigCase {
    const char *name;
    const char *json;
    const char *error;
} ConfigCase;

#define CLOCKS(list) "{ 'clocks': [ " list " ] }"
#define PINCTRL(list) "{ 'pinctrl': { 'pins': [ " list " ] } }"
#define PINCTRL_LISTS(lists) \
    "{ 'pinctrl': { 'pins': [ { 'name': 'p' } ], " lists " } }"
#define RATES "clocks[0].rates: there must be either rates or a range"
#define ASCEND "rates must ascend from above 0"
#define RANGE "clocks[0].range: it must ascend from above 0 in whole steps"
#define SIXTY_FOUR \
    "a234567890123456789012345678901234567890123456789012345678901234"
#define RANGE_OF(member, min, max, step) \
    "'" member "': { 'min': " #min ", 'max': " #max ", 'step': " #step " }"
#define PERF(members) \
    "{ 'perf-domains': [ { 'name': 'x', " members " } ] }"
#define LEVELS "levels and their indices must ascend, levels from above 0"
#define POWERCAP(members) \
    "{ 'powercap-domains': [ { 'name': 'x', " members " } ] }"
#define CAPS RANGE_OF("caps", 2, 4, 2)
#define PAIS RANGE_OF("pais", 2, 4, 2)
#define SENSOR(members) \
    "{ 'sensors': [ { 'name': 'x', 'type': 'power', 'scale': 0, " members \
    " } ] }"
#define AXIS "{ 'name': 'a' }"
#define VOLTAGE(members) \
    "{ 'voltage-domains': [ { 'name': 'x' " members " } ] }"
#define VOLTAGES \
    "voltage-domains[0].levels: there must be either levels or a range"
#define TRANSPORT(members) \
    "{ 'power-domains': [ { 'name': 'p' } ], 'agents': [ { 'name': 'a' }," \
    "    { 'name': 'b', 'transport': { " members " } } ] }"
/* A limit of a transport, and the most that it may be. */
#define LIMIT(member, value, max)                                       \
    { "transport/" member "=" value,                                    \
      TRANSPORT("'type': 'virtio', '" member "': " value),              \
      "agents[1].transport." member ": must be from 1 to " max }

static const ConfigCase cases[] = {
    { "clock/neither", CLOCKS("{ 'name': 'x' }"), RATES },
    { "clock/both",
      CLOCKS("{ 'name': 'x', 'rates': [ 1 ],"
             "  'range': { 'min': 1, 'max': 2, 'step': 1 } }"),
      RATES },
    { "clock/no-rates", CLOCKS("{ 'name': 'x', 'rates': [] }"),
      RATES },
    { "clock/zero", CLOCKS("{ 'name': 'x', 'rates': [ 0, 1 ] }"),
      "clocks[0].rates[0]: " ASCEND },
    { "clock/equal", CLOCKS("{ 'name': 'x', 'rates': [ 1, 2, 2 ] }"),
      "clocks[0].rates[2]: " ASCEND },
    { "clock/descending", CLOCKS("{ 'name': 'x', 'rates': [ 2, 1 ] }"),
      "clocks[0].rates[1]: " ASCEND },
    { "clock/from-zero",
      CLOCKS("{ 'name': 'x', 'range': { 'min': 0, 'max': 2, 'step': 1 } }"),
      RANGE },
    { "clock/point",
      CLOCKS("{ 'name': 'x', 'range': { 'min': 2, 'max': 2, 'step': 1 } }"),
      RANGE },
    { "clock/backwards",
      CLOCKS("{ 'name': 'x', 'range': { 'min': 3, 'max': 2, 'step': 1 } }"),
      RANGE },
    { "clock/no-step",
      CLOCKS("{ 'name': 'x', 'range': { 'min': 1, 'max': 2, 'step': 0 } }"),
      RANGE },
    { "clock/part-of-a-step",
      CLOCKS("{ 'name': 'x', 'range': { 'min': 1, 'max': 9, 'step': 3 } }"),
      RANGE },
    { "clock/giant-step",
      CLOCKS("{ 'name': 'x', 'range': { 'min': 1, 'max': 9,"
             "  'step': 18446744073709551615 } }"), RANGE },
    { "clock/rate-between",
      CLOCKS("{ 'name': 'x', 'rates': [ 1, 3 ], 'rate': 2 }"),
      "clocks[0].rate: the clock cannot run at 2 Hz" },
    { "clock/rate-above",
      CLOCKS("{ 'name': 'x', 'rates': [ 1, 3 ], 'rate': 4 }"),
      "clocks[0].rate: the clock cannot run at 4 Hz" },
    { "clock/rate-zero",
      CLOCKS("{ 'name': 'x', 'rates': [ 1, 3 ], 'rate': 0 }"),
      "clocks[0].rate: the clock cannot run at 0 Hz" },
    { "clock/rate-off-step",
      CLOCKS("{ 'name': 'x', 'range': { 'min': 1, 'max': 9, 'step': 2 },"
             "  'rate': 4 }"),
      "clocks[0].rate: the clock cannot run at 4 Hz" },
    { "clock/parent-unknown",
      CLOCKS("{ 'name': 'x', 'rates': [ 1 ], 'parents': [ 'y' ] }"),
      "clocks[0].parents[0]: no other clock is named 'y'" },
    { "clock/parent-self",
      CLOCKS("{ 'name': 'x', 'rates': [ 1 ], 'parents': [ 'x' ] }"),
      "clocks[0].parents[0]: no other clock is named 'x'" },
    { "clock/parent-empty",
      CLOCKS("{ 'name': 'x', 'rates': [ 1 ], 'parents': [ '' ] }"),
      "clocks[0].parents[0]: no other clock is named ''" },
    { "clock/parents-circle",
      CLOCKS("{ 'name': 'root', 'rates': [ 1 ] },"
             "{ 'name': 'x', 'rates': [ 1 ], 'parents': [ 'root', 'z' ] },"
             "{ 'name': 'y', 'rates': [ 1 ], 'parents': [ 'x' ] },"
             "{ 'name': 'z', 'rates': [ 1 ], 'parents': [ 'y' ] }"),
      "clocks[1].parents: by way of them, clock 'x' feeds itself" },
    { "clock/second-wrong",
      CLOCKS("{ 'name': 'fine', 'rates': [ 1 ] }, { 'name': 'x' }"),
      "clocks[1].rates: there must be either rates or a range" },
    { "name/twice",
      CLOCKS("{ 'name': 'x', 'rates': [ 1 ] },"
             "{ 'name': 'x', 'rates': [ 1 ] }"),
      "clocks[1].name: another one is named 'x', too" },
    { "name/empty", CLOCKS("{ 'name': '', 'rates': [ 1 ] }"),
      "clocks[0].name: '' does not have 1 to 63 characters" },
    { "name/slash", "{ 'power-domains': [ { 'name': 'a/b' } ] }",
      "power-domains[0].name: 'a/b' has one of / [ ]" },
    { "name/bracket", "{ 'reset-domains': [ { 'name': 'a[*]' } ] }",
      "reset-domains[0].name: 'a[*]' has one of / [ ]" },
    { "name/closing-bracket", "{ 'reset-domains': [ { 'name': 'a]' } ] }",
      "reset-domains[0].name: 'a]' has one of / [ ]" },
    { "name/too-long",
      "{ 'power-domains': [ { 'name': 'a' }, { 'name': '" SIXTY_FOUR "' } ]"
      "}", "power-domains[1].name: '" SIXTY_FOUR "' does not have 1 to 63" },
    { "name/of-qom", "{ 'power-domains': [ { 'name': 'type' } ] }",
      "power-domains[0].name: 'type' is QEMU's own" },
    { "sensor/scale-low",
      "{ 'sensors': [ { 'name': 'x', 'type': 'power', 'scale': -17,"
      "                 'value': 0 } ] }",
      "sensors[0].scale: it must be from -16 to 15" },
    { "sensor/scale-high",
      "{ 'sensors': [ { 'name': 'x', 'type': 'power', 'scale': 16,"
      "                 'value': 0 } ] }",
      "sensors[0].scale: it must be from -16 to 15" },
    { "sensor/name",
      "{ 'sensors': [ { 'name': '', 'type': 'power', 'scale': 0,"
      "                 'value': 0 } ] }",
      "sensors[0].name: '' does not have 1 to 63 characters" },
    { "agents/twice", "{ 'agents': [ { 'name': 'a' }, { 'name': 'a' } ] }",
      "agents[1].name: another one is named 'a', too" },
    { "devices/twice", "{ 'devices': [ { 'name': 'a' }, { 'name': 'a' } ] }",
      "devices[1].name: another one is named 'a', too" },
    { "unchecked/no-rates",
      "{ 'unchecked': true, 'clocks': [ { 'name': 'x' } ] }",
      RATES },
    { "unchecked/no-step",
      "{ 'unchecked': true, 'clocks': [ { 'name': 'x',"
      "  'range': { 'min': 1, 'max': 2, 'step': 0 } } ] }",
      RANGE },
    { "unchecked/name", "{ 'unchecked': true, 'power-domains': ["
      "  { 'name': 'a' }, { 'name': 'a' } ] }",
      "power-domains[1].name: another one is named 'a', too" },
    { "unchecked/powercap-circle",
      "{ 'unchecked': true, 'powercap-domains': ["
      "  { 'name': 'a', 'caps': { 'min': 1, 'max': 1 },"
      "    'pais': { 'min': 1, 'max': 1 }, 'parent': 'a' } ] }",
      "powercap-domains[0].parent: 'a' is part of it" },
    { "pinctrl/no-pins", PINCTRL(""), "pinctrl.pins: there are none" },
    { "pinctrl/default",
      PINCTRL("{ 'name': 'p', 'settings': ["
              "  { 'type': 'default', 'value': 0 } ] }"),
      "pinctrl.pins[0].settings[0].type: there is no default yet" },
    { "pinctrl/pin-twice", PINCTRL("{ 'name': 'p' }, { 'name': 'p' }"),
      "pinctrl.pins[1].name: another one is named 'p', too" },
    { "pinctrl/function", PINCTRL("{ 'name': 'p', 'function': 'f' }"),
      "pinctrl.pins[0].function: the pin has no 'f'" },
    { "pinctrl/empty-group",
      PINCTRL_LISTS("'groups': [ { 'name': 'g', 'pins': [] } ]"),
      "pinctrl.groups[0].pins: there are none" },
    { "pinctrl/group-pin",
      PINCTRL_LISTS("'groups': [ { 'name': 'g', 'pins': [ 'x' ] } ]"),
      "pinctrl.groups[0].pins[0]: no pin is named 'x'" },
    { "pinctrl/group-property",
      PINCTRL_LISTS("'groups': [ { 'name': 'g', 'pins': [ 'type' ] } ]"),
      "pinctrl.groups[0].pins[0]: no pin is named 'type'" },
    { "pinctrl/group-pin-twice",
      PINCTRL_LISTS("'groups': [ { 'name': 'g', 'pins': [ 'p', 'p' ] } ]"),
      "pinctrl.groups[0].pins[1]: no second pin is named 'p'" },
    { "pinctrl/group-twice",
      PINCTRL_LISTS("'groups': [ { 'name': 'g', 'pins': [ 'p' ] },"
                    "            { 'name': 'g', 'pins': [ 'p' ] } ]"),
      "pinctrl.groups[1].name: another one is named 'g', too" },
    { "pinctrl/group-name",
      PINCTRL_LISTS("'groups': [ { 'name': '', 'pins': [ 'p' ] } ]"),
      "pinctrl.groups[0].name: '' does not have 1 to 63 characters" },
    { "pinctrl/function-group",
      PINCTRL_LISTS("'functions': [ { 'name': 'f', 'groups': [ 'g' ] } ]"),
      "pinctrl.functions[0].groups[0]: no group is named 'g'" },
    { "pinctrl/oem", PINCTRL_LISTS("'oem-types': [ 191 ]"),
      "pinctrl.oem-types[0]: 191 must be from 192 to 255" },
    { "imx-lms/no-agent",
      "{ 'imx-lms': [ { 'name': 'l', 'agents': [ 'x' ] } ] }",
      "imx-lms[0].agents[0]: no agent is named 'x'" },
    { "imx-lms/two-machines",
      "{ 'imx-lms': [ { 'name': 'l', 'agents': [ 'agent' ] },"
      "               { 'name': 'm', 'agents': [ 'agent' ] } ] }",
      "imx-lms[1].agents[0]: another machine has agent 'agent'" },
    { "imx-cpus/no-machine",
      "{ 'imx-cpus': [ { 'name': 'c' }, { 'name': 'd', 'lm': 'x' } ] }",
      "imx-cpus[1].lm: no machine is named 'x'" },
    { "imx-misc/no-words",
      "{ 'imx-misc': { 'controls': [ { 'name': 'c', 'value': [] } ] } }",
      "imx-misc.controls[0].value: it has 1 to 8 words" },
    { "imx-misc/too-many-words",
      "{ 'imx-misc': { 'controls': [ { 'name': 'c',"
      "  'value': [ 1, 2, 3, 4, 5, 6, 7, 8, 9 ] } ] } }",
      "imx-misc.controls[0].value: it has 1 to 8 words" },
    { "imx-misc/rom-passover",
      "{ 'imx-misc': { 'rom-passover': [ 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,"
      "  12, 13, 14 ] } }",
      "imx-misc.rom-passover: 14 elements are more than 13" },
    { "imx-misc/twice",
      "{ 'imx-misc': { 'controls': [ { 'name': 'c' } ],"
      "  'board-controls': [ { 'name': 'c' } ] } }",
      "imx-misc.board-controls[0].name: another one is named 'c', too" },
    { "agents/none", "{ 'agents': [] }",
      "agents: there are none" },
    { "identity/vendor", "{ 'vendor': 'sixteen-letters-' }",
      "vendor: 'sixteen-letters-' is longer than 15 characters" },
    { "identity/sub-vendor", "{ 'sub-vendor': 'sixteen-letters-' }",
      "sub-vendor: 'sixteen-letters-' is longer than 15 characters" },
    { "identity/agent",
      "{ 'agents': [ { 'name': 'a' }, { 'name': 'sixteen-letters-' } ] }",
      "agents[1].name: 'sixteen-letters-' is longer than 15 characters" },
    { "perf/no-levels", PERF("'levels': []"),
      "perf-domains[0].levels: there are none" },
    { "perf/level-zero", PERF("'levels': [ { 'level': 0 } ]"),
      "perf-domains[0].levels[0]: " LEVELS },
    { "perf/level-descends",
      PERF("'levels': [ { 'level': 2 }, { 'level': 1 } ]"),
      "perf-domains[0].levels[1]: " LEVELS },
    { "perf/level-twice", PERF("'levels': [ { 'level': 1 }, { 'level': 1 } ]"),
      "perf-domains[0].levels[1]: " LEVELS },
    { "perf/index-twice", PERF("'levels': [ { 'level': 1, 'index': 1 },"
                               "            { 'level': 2, 'index': 1 } ]"),
      "perf-domains[0].levels[1]: " LEVELS },
    { "perf/level", PERF("'level': 2, 'levels': [ { 'level': 1 } ]"),
      "perf-domains[0].level: there is no level 2" },
    { "perf/sustained",
      PERF("'sustained-level': 0, 'levels': [ { 'level': 1 } ]"),
      "perf-domains[0].sustained-level: there is no level 0" },
    { "perf/rate-limit",
      PERF("'rate-limit': 1048576, 'levels': [ { 'level': 1 } ]"),
      "perf-domains[0].rate-limit: it is above 1048575" },
    { "powercap/caps-zero", POWERCAP(RANGE_OF("caps", 0, 2, 1) ", " PAIS),
      "powercap-domains[0].caps: they must ascend from above 0" },
    { "powercap/caps-backwards",
      POWERCAP(RANGE_OF("caps", 3, 2, 1) ", " PAIS),
      "powercap-domains[0].caps: they must ascend" },
    { "powercap/caps-no-step", POWERCAP(RANGE_OF("caps", 1, 2, 0) ", " PAIS),
      "powercap-domains[0].caps: they must ascend" },
    { "powercap/caps-part", POWERCAP(RANGE_OF("caps", 2, 5, 2) ", " PAIS),
      "powercap-domains[0].caps: they must ascend" },
    { "powercap/caps-multiple", POWERCAP(RANGE_OF("caps", 1, 5, 2) ", " PAIS),
      "powercap-domains[0].caps: they must ascend" },
    { "powercap/pais-zero", POWERCAP(CAPS ", " RANGE_OF("pais", 0, 2, 1)),
      "powercap-domains[0].pais: they must ascend" },
    { "powercap/pais-part", POWERCAP(CAPS ", " RANGE_OF("pais", 2, 5, 2)),
      "powercap-domains[0].pais: they must ascend" },
    { "powercap/cap", POWERCAP(CAPS ", " PAIS ", 'cap': 3"),
      "powercap-domains[0].cap: the caps have no 3" },
    { "powercap/no-cap",
      POWERCAP(RANGE_OF("caps", 2, 2, 0) ", " PAIS ", 'cap': 0"),
      "powercap-domains[0].cap: the caps have no 0" },
    { "powercap/pai", POWERCAP(CAPS ", " PAIS ", 'pai': 3"),
      "powercap-domains[0].pai: the pais have no 3" },
    { "powercap/rate-limit",
      POWERCAP(CAPS ", " PAIS ", 'rate-limit': 1048576"),
      "powercap-domains[0].rate-limit: it is above 1048575" },
    { "powercap/parent", POWERCAP(CAPS ", " PAIS ", 'parent': 'y'"),
      "powercap-domains[0].parent: 'y' is no powercap domain" },
    { "powercap/parent-self", POWERCAP(CAPS ", " PAIS ", 'parent': 'x'"),
      "powercap-domains[0].parent: 'x' is part of it" },
    { "powercap/circle", "{ 'powercap-domains': ["
      "  { 'name': 'a', 'parent': 'b', " CAPS ", " PAIS " },"
      "  { 'name': 'b', 'parent': 'c', " CAPS ", " PAIS " },"
      "  { 'name': 'c', 'parent': 'a', " CAPS ", " PAIS " } ] }",
      "powercap-domains[2].parent: 'a' is part of it" },
    { "sensor/axes", SENSOR("'axes': [ " AXIS "," AXIS "," AXIS "," AXIS ","
                            AXIS "," AXIS "," AXIS " ]"),
      "sensors[0].axes: 7 elements are more than 6" },
    { "sensor/axis-name", SENSOR("'axes': [ " AXIS ", { 'name': '' } ]"),
      "sensors[0].axes[1].name: '' does not have 1 to 63 characters" },
    { "sensor/axis-scale",
      SENSOR("'axes': [ { 'name': 'a', 'scale': 16 } ]"),
      "sensors[0].axes[0].scale: it must be from -16 to 15" },
    { "sensor/axis-value",
      SENSOR("'axes': [ { 'name': 'a', 'range': { 'min': 1, 'max': 2 } } ]"),
      "sensors[0].axes[0].value: the sensor cannot measure 0" },
    { "sensor/value-of-axes", SENSOR("'axes': [ " AXIS " ], 'value': 0"),
      "sensors[0].value: it is for sensors without axes" },
    { "sensor/trips-of-axes", SENSOR("'axes': [ " AXIS " ], 'trip-points': 1"),
      "sensors[0].trip-points: it is for sensors without axes" },
    { "sensor/range-of-axes",
      SENSOR("'axes': [ " AXIS " ], 'range': { 'min': 0, 'max': 1 }"),
      "sensors[0].range: it is for sensors without axes" },
    { "sensor/range", SENSOR("'range': { 'min': 1, 'max': 1 }"),
      "sensors[0].range: it must ascend" },
    { "sensor/value", SENSOR("'range': { 'min': 1, 'max': 2 }"),
      "sensors[0].value: the sensor cannot measure 0" },
    { "sensor/resolution",
      SENSOR("'range': { 'min': 0, 'max': 2, 'resolution': 134217728 }"),
      "sensors[0].range.resolution: it is more than 134217727" },
    { "sensor/resolution-exponent",
      SENSOR("'range': { 'min': 0, 'max': 2, 'resolution-exponent': 16 }"),
      "sensors[0].range.resolution-exponent: it must be from -16 to 15" },
    { "sensor/interval-short", SENSOR("'intervals': [ 99 ]"),
      "sensors[0].intervals[0]: an interval has 100 to 1000000000000 micro" },
    { "sensor/interval-long", SENSOR("'intervals': [ 200, 1000000000001 ]"),
      "sensors[0].intervals[1]: an interval has 100 to 1000000000000 micro" },
    { "sensor/interval-twice", SENSOR("'intervals': [ 200, 200 ]"),
      "sensors[0].intervals[1]: intervals must ascend" },
    { "sensor/interval-digits", SENSOR("'intervals': [ 65537 ]"),
      "sensors[0].intervals[0]: an interval of 65537 microseconds has too" },
    { "sensor/intervals-both",
      SENSOR("'intervals': [ 100 ], " RANGE_OF("interval-range", 100, 200,
                                               100)),
      "sensors[0].intervals: there are either intervals or a range of them" },
    { "sensor/interval-range-min",
      SENSOR(RANGE_OF("interval-range", 99, 199, 100)),
      "sensors[0].interval-range.min: an interval has 100 to" },
    { "sensor/interval-range-max",
      SENSOR(RANGE_OF("interval-range", 100, 65537, 1)),
      "sensors[0].interval-range.max: an interval of 65537" },
    { "sensor/interval-range-point",
      SENSOR(RANGE_OF("interval-range", 100, 100, 1)),
      "sensors[0].interval-range: it must ascend in whole steps" },
    { "sensor/interval-range-no-step",
      SENSOR(RANGE_OF("interval-range", 100, 200, 0)),
      "sensors[0].interval-range: it must ascend in whole steps" },
    { "sensor/interval-range-part",
      SENSOR(RANGE_OF("interval-range", 100, 200, 3)),
      "sensors[0].interval-range: it must ascend in whole steps" },
    { "sensor/interval-range-digits",
      SENSOR(RANGE_OF("interval-range", 100, 100000, 1)),
      "sensors[0].interval-range: its intervals have too many digits" },
    { "sensor/interval", SENSOR("'interval': 2000000"),
      "sensors[0].interval: there is none of 2000000 microseconds" },
    { "sensor/timestamp-high", SENSOR("'timestamp-exponent': 1"),
      "sensors[0].timestamp-exponent: it must be from -9 to 0" },
    { "sensor/timestamp-low", SENSOR("'timestamp-exponent': -10"),
      "sensors[0].timestamp-exponent: it must be from -9 to 0" },
    { "voltage/neither", VOLTAGE(""), VOLTAGES },
    { "voltage/no-levels", VOLTAGE(", 'levels': []"), VOLTAGES },
    { "voltage/both",
      VOLTAGE(", 'levels': [ 1 ], " RANGE_OF("range", 0, 2, 1)), VOLTAGES },
    { "voltage/equal", VOLTAGE(", 'levels': [ 1, 1 ]"),
      "voltage-domains[0].levels[1]: levels must ascend" },
    { "voltage/descends", VOLTAGE(", 'levels': [ 1, 2, -1 ]"),
      "voltage-domains[0].levels[2]: levels must ascend" },
    { "voltage/point", VOLTAGE("," RANGE_OF("range", 1, 1, 1)),
      "voltage-domains[0].range: it must ascend in whole steps" },
    { "voltage/no-step", VOLTAGE("," RANGE_OF("range", 1, 3, 0)),
      "voltage-domains[0].range: it must ascend in whole steps" },
    { "voltage/backwards", VOLTAGE("," RANGE_OF("range", 1, 3, -1)),
      "voltage-domains[0].range: it must ascend in whole steps" },
    { "voltage/part-of-a-step",
      VOLTAGE("," RANGE_OF("range", -2147483648, 2147483647, 2)),
      "voltage-domains[0].range: it must ascend in whole steps" },
    { "voltage/level", VOLTAGE(", 'levels': [ 1, 3 ], 'level': 2"),
      "voltage-domains[0].level: there is no level of 2 microvolts" },
    { "voltage/name",
      VOLTAGE(", 'levels': [ 1 ] }, { 'name': 'x', 'levels': [ 1 ]"),
      "voltage-domains[1].name: another one is named 'x', too" },
    { "clock/oem-none",
      CLOCKS("{ 'name': 'x', 'rates': [ 1 ],"
             "  'oem': [ { 'type': 0, 'value': 1 } ] }"),
      "clocks[0].oem[0].type: 0 is no type" },
    { "clock/oem-twice",
      CLOCKS("{ 'name': 'x', 'rates': [ 1 ],"
             "  'oem': [ { 'type': 1, 'value': 1 },"
             "           { 'type': 1, 'value': 1 } ] }"),
      "clocks[0].oem[1].type: 1 is there already" },
    { "devices/resource", "{ 'power-domains': [ { 'name': 'p' } ],"
      "  'devices': [ { 'name': 'a' }, { 'name': 'b',"
      "                 'power-domains': [ 'p', 'q' ] } ] }",
      "devices[1].power-domains[1]: no power is named 'q'" },
    { "devices/no-protocol",
      "{ 'devices': [ { 'name': 'a', 'pins': [ 'p' ] } ] }",
      "devices[0].pins[0]: no pinctrl is named 'p'" },
    { "agents/denied-base",
      "{ 'agents': [ { 'name': 'a', 'denied-protocols': [ 16 ] } ] }",
      "agents[0].denied-protocols[0]: protocol 0x10 is every agent's" },
    { "agents/denied-nothing",
      "{ 'power-domains': [ { 'name': 'p' } ], 'agents': [ { 'name': 'a' },"
      "    { 'name': 'b', 'denied-protocols': [ 17, 20 ] } ] }",
      "agents[1].denied-protocols[1]: protocol 0x14 is not offered" },
    { "agents/denied-device",
      "{ 'agents': [ { 'name': 'a', 'denied-devices': [ 'd' ] } ] }",
      "agents[0].denied-devices[0]: no device is named 'd'" },
    { "versions/protocol",
      "{ 'versions': [ { 'protocol': 1, 'version': 65536 } ] }",
      "versions[0].protocol: there is no protocol 0x1" },
    { "versions/version",
      "{ 'versions': [ { 'protocol': 20, 'version': 65535 } ] }",
      "versions[0].version: 0xffff is older than version 1.0" },
    { "versions/twice",
      "{ 'versions': [ { 'protocol': 20, 'version': 65536 },"
      "                { 'protocol': 20, 'version': 65536 } ] }",
      "versions[1].protocol: 0x14 has a version already" },
    { "transport/channel-offered",
      TRANSPORT("'type': 'smc-param', 'channels': [ 17, 20 ]"),
      "agents[1].transport.channels[1]: protocol 0x14 is not offered" },
    { "transport/channel-base",
      TRANSPORT("'type': 'smc-param', 'channels': [ 16 ]"),
      "agents[1].transport.channels[0]: protocol 0x10 cannot have one" },
    { "transport/channel-twice",
      TRANSPORT("'type': 'qcom-smc', 'channels': [ 17, 17 ]"),
      "agents[1].transport.channels[1]: protocol 0x11 has a channel already" },
    { "transport/mailbox-channel",
      TRANSPORT("'type': 'mailbox', 'channels': [ 17, 17 ]"),
      "agents[1].transport.channels[1]: protocol 0x11 has a channel already" },
    LIMIT("max-rx-timeout-ms", "0", "3600000"),
    LIMIT("max-rx-timeout-ms", "3600001", "3600000"),
    LIMIT("max-msg", "0", "1024"),
    LIMIT("max-msg", "1025", "1024"),
    LIMIT("max-msg-size", "0", "104"),
    LIMIT("max-msg-size", "105", "104"),
    { "imx-misc/board", "{ 'imx-misc': { 'board': 'sixteen-letters-' } }",
      "imx-misc.board: 'sixteen-letters-' is longer than 15 characters" },
    { "imx-misc/reason",
      "{ 'imx-misc': { 'reset-reasons': [ 'a', 'sixteen-letters-' ] } }",
      "imx-misc.reset-reasons[1]: 'sixteen-letters-' is longer than 15" },
    { "imx-bbm/rtc",
      "{ 'imx-bbm': { 'rtcs': [ { 'name': 'a' }, { 'name': '' } ] } }",
      "imx-bbm.rtcs[1].name: '' does not have 1 to 63 characters" },
    { "imx-cpus/name", "{ 'imx-cpus': [ { 'name': '/' } ] }",
      "imx-cpus[0].name: '/' has one of / [ ]" },
};

void scmi_test_check_config(const ScmiPlatformConfig *config,
                            const char *expected)
{
    Object *root = object_get_root();
    Error *err = NULL;
    ScmiPlatform *platform = scmi_platform_new(root, "scmi", config, &err);

    g_assert_null(platform);
    g_assert_nonnull(err);
    g_test_message("%s", error_get_pretty(err));
    g_assert(g_str_has_prefix(error_get_pretty(err), expected));
    error_free(err);
    g_assert_null(object_resolve_path_component(root, "scmi"));
}

void scmi_test_check_refused(const char *members, const char *expected)
{
    g_autoptr(ScmiPlatformConfig) config = scmi_test_config(members);

    scmi_test_check_config(config, expected);
}

static void test_refused(const void *opaque)
{
    const ConfigCase *c = opaque;

    scmi_test_check_refused(c->json, c->error);
}

void scmi_test_add_refused(void)
{
    for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
        g_autofree char *path = g_strdup_printf("/scmi/refused/%s",
                                                cases[i].name);

        g_test_add_data_func(path, &cases[i], test_refused);
    }
}
