package io.hexai.jpa.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderTimeTest {

    @Test
    void isReadAsTheGeneralParserDoes() {
        Random random = new Random(1);
        long year0 = Instant.parse("0000-01-01T00:00:00Z").getEpochSecond();
        long year10000 = Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();
        for (int i = 0; i < 20_000; i++) {
            Instant time = Instant.ofEpochSecond(random.nextLong(year0, year10000), random.nextInt(1_000) * 1_000_000);
            String text = HeaderTime.format(time);

            assertThat(text).hasSize(24);
            assertThat(HeaderTime.parse(text)).isEqualTo(time).isEqualTo(Instant.parse(text));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-11-22T10:11:12Z",
                "2026-11-22T10:11:12.123456789Z",
                "2026-11-22T24:00:00.000Z",
                "2026-11-22T23:59:60.000Z",
                "2024-02-29T00:00:00.000Z",
                "+12345-11-22T10:11:12Z"
            })
    void mayBeUnusual(String text) {
        assertThat(HeaderTime.parse(text)).isEqualTo(Instant.parse(text));
    }

    @Test
    void mayHaveAnOffset() {
        assertThat(HeaderTime.parse("2026-11-22T10:11:12.000+01:00")).isEqualTo("2026-11-22T09:11:12Z");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "yesterday",
                "2026-02-30T10:11:12.000Z",
                "2026-13-01T10:11:12.000Z",
                "2026-00-01T10:11:12.000Z",
                "2026-11-22T10:60:12.000Z",
                "2026-11-22T10:11:12.0x0Z",
                "2026-11-22 10:11:12.000Z"
            })
    void isUnknownIfItIsNone(String text) {
        assertThat(HeaderTime.parse(text)).isNull();
    }
}
