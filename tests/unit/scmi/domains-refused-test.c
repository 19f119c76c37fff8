/*
 * Unit tests of the SCMI platform: domains that make no sense
 *
 * See config-refused-test.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "scmi-test.h"

#define CLOCKS(list) "{ 'clocks': [ " list " ] }"
#define PINCTRL(list) "{ 'pinctrl': { 'pins': [ " list " ] } }"
#define PINCTRL_LISTS(lists) \
    "{ 'pinctrl': { 'pins': [ { 'name': 'p' } ], " lists " } }"
#define RATES "clocks[0].rates: there must be either rates or a range"
#define ASCEND "rates must ascend from above 0"
#define RANGE "clocks[0].range: it must ascend from above 0 in whole steps"
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

static const ScmiTestRefusal cases[] = {
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
    { "pinctrl/group-slash",
      PINCTRL_LISTS("'groups': [ { 'name': 'a/b', 'pins': [ 'p' ] } ]"),
      "pinctrl.groups[0].name: 'a/b' has one of / [ ]" },
    { "pinctrl/function-bracket",
      PINCTRL_LISTS("'groups': [ { 'name': 'g', 'pins': [ 'p' ] } ],"
                    "'functions': [ { 'name': 'f[', 'groups': [ 'g' ] } ]"),
      "pinctrl.functions[0].name: 'f[' has one of / [ ]" },
    { "pinctrl/function-group",
      PINCTRL_LISTS("'functions': [ { 'name': 'f', 'groups': [ 'g' ] } ]"),
      "pinctrl.functions[0].groups[0]: no group is named 'g'" },
    { "pinctrl/oem", PINCTRL_LISTS("'oem-types': [ 191 ]"),
      "pinctrl.oem-types[0]: 191 must be from 192 to 255" },
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
    { "sensor/axis-bracket", SENSOR("'axes': [ { 'name': 'a[*]' } ]"),
      "sensors[0].axes[0].name: 'a[*]' has one of / [ ]" },
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
};

void scmi_test_add_domains_refused(void)
{
    scmi_test_add_refusals(cases, ARRAY_SIZE(cases));
}
