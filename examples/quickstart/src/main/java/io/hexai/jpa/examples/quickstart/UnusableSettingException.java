package io.hexai.jpa.examples.quickstart;

/** The program was told something it cannot start with. */
final class UnusableSettingException extends Exception {

    private static final long serialVersionUID = 1;

    UnusableSettingException(String message) {
        super(message);
    }
}
