/*
 * Apple SMC: GPIO lines
 *
 * A line's key is a function: READ_KEY means nothing, RW_KEY asks and
 * WRITE_KEY orders, by a 32-bit word with the command in its upper byte.
 *
 * Sources: Linux gpio/gpio-macsmc.c, which drives outputs and reads inputs;
 * for interrupts, its version with them on Linux' mailing lists ("gpio: macsmc:
 * Add IRQ support", 2022). Linux 7.3 has no driver that uses them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "smc-internal.h"
#include "hw/registerfields.h"
#include "qemu/bswap.h"

FIELD(GPIO, ARGUMENT, 0, 24)
FIELD(GPIO, COMMAND, 24, 8)

/* As an order, m1n1's action is what Linux calls an output. */
enum {
    GPIO_CMD_ACTION = 0x00,
    GPIO_CMD_OUTPUT = 0x01,
    GPIO_CMD_INPUT = 0x02,
    GPIO_CMD_PIN_MODE = 0x03,
    GPIO_CMD_IRQ_ENABLE = 0x04,
    GPIO_CMD_IRQ_ACK = 0x05,
    GPIO_CMD_IRQ_MODE = 0x06,
};

enum {
    GPIO_IRQ_HIGH,
    GPIO_IRQ_LOW,
    GPIO_IRQ_RISING,
    GPIO_IRQ_FALLING,
    GPIO_IRQ_BOTH,
    GPIO_IRQ__MAX,
};

/*
 * A line's value: the answer to the pin mode command, SMC_GPIO_IS_OUTPUT and
 * SMC_GPIO_IS_HIGH, then the interrupt's state. SENT: the guest has been
 * notified and has not acknowledged it; AGAIN: there was another edge since.
 */
#define GPIO_PIN_MODE (SMC_GPIO_IS_OUTPUT | SMC_GPIO_IS_HIGH)
FIELD(GPIO_STATE, HIGH, 1, 1)
FIELD(GPIO_STATE, IRQ_ENABLED, 8, 1)
FIELD(GPIO_STATE, IRQ_SENT, 9, 1)
FIELD(GPIO_STATE, IRQ_AGAIN, 10, 1)
FIELD(GPIO_STATE, IRQ_MODE, 16, 3)

static void smc_gpio_set_state(AppleSmcKey *key, uint32_t state)
{
    uint8_t buf[sizeof(state)];

    stl_le_p(buf, state);
    apple_smc_key_set_bytes(key, buf);
}

static bool smc_gpio_is_input(const AppleSmcKey *key)
{
    return key->def->gpio == SMC_GPIO_INPUT;
}

/* Interrupts */

static uint32_t smc_gpio_event(const AppleSmcKey *key)
{
    return SMC_EVENT_GPIO | g_ascii_xdigit_value(key->def->name[2]) << 12 |
           g_ascii_xdigit_value(key->def->name[3]) << 8;
}

/* Is there a reason? @edge: the level is another one than before. */
static bool smc_gpio_has_cause(uint32_t state, bool edge)
{
    bool high = FIELD_EX32(state, GPIO_STATE, HIGH);

    switch (FIELD_EX32(state, GPIO_STATE, IRQ_MODE)) {
    case GPIO_IRQ_HIGH:
        return high;
    case GPIO_IRQ_LOW:
        return !high;
    case GPIO_IRQ_RISING:
        return edge && high;
    case GPIO_IRQ_FALLING:
        return edge && !high;
    case GPIO_IRQ_BOTH:
        return edge;
    default:
        return false;
    }
}

/* Edges count, or else levels. */
static bool smc_gpio_is_edge(uint32_t state)
{
    return FIELD_EX32(state, GPIO_STATE, IRQ_MODE) >= GPIO_IRQ_RISING;
}

/* Not before the guest has acknowledged the one before. */
static uint32_t smc_gpio_notify(AppleSmcKey *key, uint32_t state)
{
    if (!FIELD_EX32(state, GPIO_STATE, IRQ_ENABLED)) {
        return state;
    }
    if (FIELD_EX32(state, GPIO_STATE, IRQ_SENT)) {
        return FIELD_DP32(state, GPIO_STATE, IRQ_AGAIN,
                          smc_gpio_is_edge(state));
    }
    return FIELD_DP32(state, GPIO_STATE, IRQ_SENT,
                      apple_smc_keys_notify(key->keys, smc_gpio_event(key)));
}

/* The world has changed an input. */
static uint32_t smc_changed_gpio(AppleSmcKey *key)
{
    uint32_t state = ldl_le_p(key->value);

    if (smc_gpio_has_cause(state, true)) {
        smc_gpio_set_state(key, smc_gpio_notify(key, state));
    }
    return key->def->event;
}

/* The guest is ready for another one; @again: it has come already. */
static uint32_t smc_gpio_begin(AppleSmcKey *key, uint32_t state, bool again)
{
    state = FIELD_DP32(state, GPIO_STATE, IRQ_SENT, 0);
    state = FIELD_DP32(state, GPIO_STATE, IRQ_AGAIN, 0);
    return again || smc_gpio_has_cause(state, false)
           ? smc_gpio_notify(key, state) : state;
}

/* Orders, which change a copy of the state */

static AppleSmcResult smc_gpio_order_input(AppleSmcKey *key, uint8_t command,
                                           uint32_t argument, uint32_t *state)
{
    switch (command) {
    case GPIO_CMD_IRQ_ENABLE:
        *state = FIELD_DP32(*state, GPIO_STATE, IRQ_ENABLED, argument & 1);
        *state = smc_gpio_begin(key, *state, false);
        return SMC_SUCCESS;
    case GPIO_CMD_IRQ_ACK:
        *state = smc_gpio_begin(key, *state,
                                FIELD_EX32(*state, GPIO_STATE, IRQ_AGAIN));
        return SMC_SUCCESS;
    case GPIO_CMD_IRQ_MODE:
        if (argument >= GPIO_IRQ__MAX) {
            return SMC_BAD_ARGUMENT;
        }
        *state = FIELD_DP32(*state, GPIO_STATE, IRQ_MODE, argument);
        return SMC_SUCCESS;
    default:
        return SMC_BAD_FUNCTION_PARAMETER;
    }
}

/* Only an output can be driven; the pin mode is fixed. */
static AppleSmcResult smc_write_gpio(AppleSmcKey *key, const uint8_t *buf)
{
    uint32_t word = ldl_le_p(buf);
    uint32_t argument = FIELD_EX32(word, GPIO, ARGUMENT);
    uint8_t command = FIELD_EX32(word, GPIO, COMMAND);
    uint32_t state = ldl_le_p(key->value);
    AppleSmcResult result = SMC_SUCCESS;

    if (smc_gpio_is_input(key)) {
        result = smc_gpio_order_input(key, command, argument, &state);
    } else if (command == GPIO_CMD_OUTPUT || command == GPIO_CMD_ACTION) {
        state = FIELD_DP32(state, GPIO_STATE, HIGH, argument & 1);
    } else {
        result = SMC_BAD_FUNCTION_PARAMETER;
    }
    if (result == SMC_SUCCESS) {
        smc_gpio_set_state(key, state);
    }
    return result;
}

/* Questions */

/*
 * An open drain has no pin mode that Linux could ask for, but it is no input
 * either: that is how Linux knows it for an output.
 */
static AppleSmcResult smc_call_gpio(AppleSmcKey *key, uint32_t word,
                                    uint32_t *answer)
{
    uint32_t state = ldl_le_p(key->value);
    bool input = smc_gpio_is_input(key);

    switch (FIELD_EX32(word, GPIO, COMMAND)) {
    case GPIO_CMD_PIN_MODE:
        *answer = state & GPIO_PIN_MODE;
        return key->def->gpio == SMC_GPIO_OPEN_DRAIN
               ? SMC_BAD_FUNCTION_PARAMETER : SMC_SUCCESS;
    case GPIO_CMD_OUTPUT:
        *answer = FIELD_EX32(state, GPIO_STATE, HIGH);
        return input ? SMC_BAD_FUNCTION_PARAMETER : SMC_SUCCESS;
    case GPIO_CMD_INPUT:
        *answer = FIELD_EX32(state, GPIO_STATE, HIGH);
        return input ? SMC_SUCCESS : SMC_BAD_FUNCTION_PARAMETER;
    case GPIO_CMD_IRQ_MODE:
        *answer = FIELD_EX32(state, GPIO_STATE, IRQ_MODE);
        return input ? SMC_SUCCESS : SMC_BAD_FUNCTION_PARAMETER;
    default:
        return SMC_BAD_FUNCTION_PARAMETER;
    }
}

static void smc_read_gpio(AppleSmcKey *key, uint8_t *buf)
{
    stl_le_p(buf, ldl_le_p(buf) & GPIO_PIN_MODE);
}

const AppleSmcBehaviour apple_smc_gpio_behaviour = {
    .size = sizeof(uint32_t),
    .read = smc_read_gpio,
    .write = smc_write_gpio,
    .call = smc_call_gpio,
    .event = smc_changed_gpio,
};

void apple_smc_gpio_put_level(AppleSmcKey *key, uint8_t *buf, bool high)
{
    uint32_t state = ldl_le_p(key->value) & ~GPIO_PIN_MODE;

    if (!smc_gpio_is_input(key)) {
        state |= SMC_GPIO_IS_OUTPUT;
    }
    stl_le_p(buf, FIELD_DP32(state, GPIO_STATE, HIGH, high));
}

void apple_smc_gpio_reset_input(AppleSmcKey *key)
{
    stl_le_p(key->value, ldl_le_p(key->value) & GPIO_PIN_MODE);
}
