/*
 * SCMI platform: the configuration that is built in
 *
 * A small board-class SoC, with at least one of each kind of clock: fixed,
 * discrete, with a range, with parents, restricted, with a long name.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/qapi-visit-scmi.h"
#include "qobject/qobject.h"
#include "qobject/qjson.h"
#include "qapi/qobject-input-visitor.h"
#include "hw/scmi/platform.h"

static const char default_platform[] =
"{ 'vendor': 'Farside',"
"  'sub-vendor': 'reference',"
"  'version': 1,"
"  'agents': [ { 'name': 'OSPM' } ],"
"  'clocks': ["
"    { 'name': 'osc-24m', 'rates': [ 24000000 ], 'restricted': true },"
"    { 'name': 'sys-pll', 'range': { 'min': 400000000, 'max': 1600000000,"
"      'step': 25000000 }, 'rate': 800000000, 'restricted': true },"
"    { 'name': 'periph-apb', 'rates': [ 25000000, 50000000, 100000000 ],"
"      'rate': 50000000, 'enabled': false, 'enable-latency': 10 },"
"    { 'name': 'uart-ref', 'rates': [ 1843200, 14745600, 24000000,"
"      48000000 ], 'rate': 24000000 },"
"    { 'name': 'sd-ref', 'range': { 'min': 400000, 'max': 200000000,"
"      'step': 100000 }, 'enabled': false },"
"    { 'name': 'pwm-ref', 'range': { 'min': 1000, 'max': 50000000,"
"      'step': 1000 }, 'rate': 1000000, 'enabled': false },"
"    { 'name': 'gpu-core', 'rates': [ 100000000, 150000000, 200000000,"
"      250000000, 300000000, 350000000, 400000000, 450000000, 500000000,"
"      550000000, 600000000, 650000000, 700000000, 800000000 ],"
"      'rate': 400000000, 'enabled': false, 'enable-latency': 120 },"
"    { 'name': 'display-pixel-primary', 'range': { 'min': 25000000,"
"      'max': 600000000, 'step': 250000 }, 'rate': 148500000,"
"      'enabled': false, 'parents': [ 'sys-pll', 'osc-24m' ] } ],"
"  'power-domains': ["
"    { 'name': 'soc', 'on': true },"
"    { 'name': 'periph' },"
"    { 'name': 'gpu' },"
"    { 'name': 'display' },"
"    { 'name': 'usb', 'on': true } ],"
"  'perf-domains': ["
"    { 'name': 'big', 'rate-limit': 1000, 'fast-channels': 'plain',"
"      'level': 1200000, 'sustained-level': 2000000, 'levels': ["
"        { 'level': 600000, 'power': 110, 'latency': 60 },"
"        { 'level': 900000, 'power': 190, 'latency': 60 },"
"        { 'level': 1200000, 'power': 310, 'latency': 70 },"
"        { 'level': 1600000, 'power': 560, 'latency': 80 },"
"        { 'level': 2000000, 'power': 980, 'latency': 90 },"
"        { 'level': 2400000, 'power': 1650, 'latency': 120 } ] },"
"    { 'name': 'little', 'fast-channels': 'doorbell', 'level': 800000,"
"      'levels': ["
"        { 'level': 400000, 'power': 25, 'latency': 50 },"
"        { 'level': 600000, 'power': 42, 'latency': 50 },"
"        { 'level': 800000, 'power': 64, 'latency': 50 },"
"        { 'level': 1100000, 'power': 112, 'latency': 60 },"
"        { 'level': 1400000, 'power': 190, 'latency': 60 } ] } ],"
"  'powercap-domains': ["
"    { 'name': 'package', 'caps': { 'min': 2000000, 'max': 12000000,"
"      'step': 500000 }, 'cap': 8000000, 'sustainable-power': 8000000,"
"      'pais': { 'min': 1000, 'max': 1000000, 'step': 1000 },"
"      'pai': 10000, 'power': 3200000, 'fast-channels': 'plain' },"
"    { 'name': 'cpus', 'parent': 'package', 'caps': { 'min': 1000000,"
"      'max': 8000000, 'step': 250000 }, 'cap': 6000000,"
"      'pais': { 'min': 1000, 'max': 100000, 'step': 1000 },"
"      'pai': 10000, 'power': 1900000, 'fast-channels': 'doorbell' } ],"
"  'sensors': ["
"    { 'name': 'soc-thermal', 'type': 'temperature', 'scale': -3,"
"      'value': 42500, 'trip-points': 4 },"
"    { 'name': 'ddr-thermal', 'type': 'temperature', 'scale': -3,"
"      'value': 38000 },"
"    { 'name': 'vdd-core', 'type': 'voltage', 'scale': -3, 'value': 825 },"
"    { 'name': 'idd-core', 'type': 'current', 'scale': -3, 'value': 1900 },"
"    { 'name': 'soc-total-power', 'type': 'power', 'scale': -6,"
"      'value': 3200000, 'async': true } ],"
"  'reset-domains': ["
"    { 'name': 'periph', 'asserted': true, 'latency': 50 },"
"    { 'name': 'gpu', 'asserted': true },"
"    { 'name': 'display', 'asserted': true },"
"    { 'name': 'usb', 'latency': 200 } ],"
"  'voltage-domains': ["
"    { 'name': 'vcc-3v3', 'levels': [ 3300000 ], 'on': true },"
"    { 'name': 'vccq-sd', 'levels': [ 1800000, 3300000 ] },"
"    { 'name': 'vdd-gpu', 'range': { 'min': 600000, 'max': 1100000,"
"      'step': 6250 }, 'level': 800000 } ],"
"  'pinctrl': {"
"    'pins': ["
"      { 'name': 'pa0', 'function': 'uart0' },"
"      { 'name': 'pa1', 'function': 'uart0', 'settings': ["
"        { 'type': 'bias-pull-up', 'value': 1 } ] },"
"      { 'name': 'pa2', 'settings': ["
"        { 'type': 'drive-strength', 'value': 4 } ] },"
"      { 'name': 'pa3', 'settings': ["
"        { 'type': 'drive-strength', 'value': 4 } ] },"
"      { 'name': 'pb0' }, { 'name': 'pb1' }, { 'name': 'pb2' },"
"      { 'name': 'pb3-boot-select-strap' } ],"
"    'groups': ["
"      { 'name': 'uart0', 'pins': [ 'pa0', 'pa1' ] },"
"      { 'name': 'i2c0', 'pins': [ 'pa2', 'pa3' ] },"
"      { 'name': 'bank-b', 'pins': [ 'pb0', 'pb1', 'pb2',"
"        'pb3-boot-select-strap' ] } ],"
"    'functions': ["
"      { 'name': 'uart0', 'groups': [ 'uart0' ] },"
"      { 'name': 'i2c0', 'groups': [ 'i2c0' ] },"
"      { 'name': 'gpio', 'gpio': true,"
"        'groups': [ 'uart0', 'i2c0', 'bank-b' ] } ] } }";

ScmiPlatformConfig *scmi_default_platform(void)
{
    QObject *text = qobject_from_json(default_platform, &error_abort);
    Visitor *v = qobject_input_visitor_new(text);
    ScmiPlatformConfig *config;

    visit_type_ScmiPlatformConfig(v, NULL, &config, &error_abort);
    visit_free(v);
    qobject_unref(text);
    return config;
}
