package io.hexai.jpa.event;

import java.math.BigDecimal;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/** Jackson, configured so that what was written is what is read, after a stay in a {@code jsonb} column. */
final class EventMapper {

    /** The longest fraction that PostgreSQL's {@code numeric}, and so its {@code jsonb}, can hold. */
    private static final int MAX_SCALE = 16_383;

    private static final int MAX_DIGITS = 150_000;

    private EventMapper() {}

    static JsonMapper.Builder builder() {
        JsonFactory factory = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNumberLength(MAX_DIGITS)
                        .maxStringLength(Integer.MAX_VALUE)
                        .build())
                .build();
        return JsonMapper.builder(factory)
                .disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS, DateTimeFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
                .enable(DateTimeFeature.WRITE_DATES_WITH_ZONE_ID)
                .disable(
                        DateTimeFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE,
                        DateTimeFeature.NORMALIZE_DESERIALIZED_ZONE_ID)
                .enable(JsonNodeFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                .addModule(new SimpleModule("hexai-jpa").addSerializer(BigDecimal.class, new ExactBigDecimal()));
    }

    /**
     * Writes a number where {@code jsonb} keeps it as it is, and text where it would not: it expands exponents, and so
     * turns {@code 1E+3} into {@code 1000}, which is another {@link BigDecimal}.
     */
    private static final class ExactBigDecimal extends ValueSerializer<BigDecimal> {

        @Override
        public void serialize(BigDecimal value, JsonGenerator json, SerializationContext context) {
            if (value.scale() < 0 || value.scale() > MAX_SCALE || value.precision() > MAX_DIGITS / 2) {
                json.writeString(value.toString());
            } else {
                json.writeNumber(value);
            }
        }
    }
}
