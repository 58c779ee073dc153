package io.hexai.jpa.benchmarks;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws a topic as SVG, which turns dark where its reader's browser is. */
final class Chart {

    private static final int WIDTH = 720;
    private static final int PLOT = 230;
    private static final int LEGEND = 23;
    private static final Font TEXT = new Font(Font.SANS_SERIF, Font.PLAIN, 12);

    /** A tenth of a pixel is enough, and half of the file. */
    private static final Pattern DIGITS = Pattern.compile("(\\d\\.\\d)\\d+");

    /** Of Okabe and Ito, which colour-blind readers can tell apart; the first is the library's. */
    private static final Color[] SERIES = {
        new Color(0x0072B2), new Color(0xE69F00), new Color(0x009E73), new Color(0xCC79A7), new Color(0x8C8C8C)
    };

    private static final Color PAPER = Color.WHITE;
    private static final Color INK = new Color(0x24292F);
    private static final Color GRID = new Color(0xD8DEE4);

    private static final String DARK = """
            <style>
            @media (prefers-color-scheme: dark) { svg { --paper: #0d1117; --ink: #d0d7de; --grid: #30363d } }
            </style>
            """;

    private Chart() {}

    /** Draws what can be drawn; there may be nothing. */
    static Optional<String> svg(Topic topic, List<Results> all) throws IOException {
        boolean bars = topic.shape() == Topic.Shape.BARS;
        List<Results> drawn = bars
                ? all
                : all.stream()
                        .filter(results ->
                                !Double.isNaN(Topic.number(results.comparison().id())))
                        .toList();
        return drawn.isEmpty() ? Optional.empty() : Optional.of(bars ? bars(drawn) : lines(topic, drawn));
    }

    /** Contestants of other comparisons have other names, and the same places. */
    private static String bars(List<Results> all) throws IOException {
        Map<String, List<Double>> bars = new LinkedHashMap<>();
        List<String> groups =
                all.stream().map(results -> results.comparison().id()).toList();
        for (Results results : all) {
            for (String contestant : results.comparison().contestants()) {
                bars.computeIfAbsent(contestant, name -> new ArrayList<>());
            }
        }
        for (Results results : all) {
            double fastest = results.comparison().contestants().stream()
                    .mapToDouble(name -> results.of(name).rates().median())
                    .max()
                    .orElseThrow();
            bars.forEach((name, values) -> values.add(
                    results.comparison().contestants().contains(name)
                            ? results.of(name).rates().median() / fastest
                            : Double.valueOf(0)));
        }
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(PLOT + LEGEND * bars.size())
                .yAxisTitle("rate, the fastest being 1")
                .build();
        bars.forEach((name, values) -> chart.addSeries(name, groups, values));
        chart.getStyler().setAvailableSpaceFill(0.8).setYAxisMin(0.0).setYAxisMax(1.0);
        return write(chart, chart.getStyler(), bars.size());
    }

    private static String lines(Topic topic, List<Results> all) throws IOException {
        boolean ratios = topic.shape() == Topic.Shape.RATIOS;
        List<String> contestants = all.get(0).comparison().contestants();
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(PLOT + LEGEND * contestants.size())
                .xAxisTitle(topic.axis())
                .yAxisTitle(ratios ? "times as fast" : all.get(0).comparison().unit())
                .build();
        double[] places = all.stream()
                .mapToDouble(results -> Topic.number(results.comparison().id()))
                .toArray();
        String base = contestants.get(1);
        for (String contestant : contestants) {
            double[] rates = all.stream()
                    .mapToDouble(results -> results.of(contestant).rates().median()
                            / (ratios ? results.of(base).rates().median() : 1))
                    .toArray();
            chart.addSeries(contestant, places, rates).setMarker(SeriesMarkers.CIRCLE);
        }
        chart.getStyler().setXAxisLogarithmic(true).setYAxisMin(0.0);
        return write(chart, chart.getStyler(), contestants.size());
    }

    private static void style(AxesChartStyler styler, int series) {
        Color[] colours = new Color[series];
        for (int i = 0; i < series; i++) {
            colours[i] = SERIES[i % SERIES.length];
        }
        styler.setAxisTickLabelsFont(TEXT)
                .setAxisTitleFont(TEXT)
                .setAxisTickLabelsColor(INK)
                .setAxisTickMarksColor(GRID)
                .setPlotGridLinesColor(GRID)
                .setPlotGridLinesStroke(new BasicStroke(1))
                .setPlotGridVerticalLinesVisible(false)
                .setLocale(Locale.ROOT)
                .setYAxisDecimalPattern("#,##0.##")
                .setXAxisDecimalPattern("#,##0");
        styler.setPlotBackgroundColor(PAPER).setPlotBorderVisible(false);
        styler.setChartBackgroundColor(PAPER)
                .setChartFontColor(INK)
                .setSeriesColors(colours)
                .setLegendFont(TEXT)
                .setLegendBackgroundColor(PAPER)
                .setLegendBorderColor(PAPER)
                .setLegendPosition(LegendPosition.OutsideS);
    }

    private static String write(
            org.knowm.xchart.internal.chartpart.Chart<?, ?> chart, AxesChartStyler styler, int series)
            throws IOException {
        style(styler, series);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        VectorGraphicsEncoder.saveVectorGraphic(chart, bytes, VectorGraphicsEncoder.VectorGraphicsFormat.SVG);
        String drawn = DIGITS.matcher(bytes.toString(StandardCharsets.UTF_8)).replaceAll("$1");
        return named(named(named(drawn, "paper", PAPER), "ink", INK), "grid", GRID)
                .replaceFirst("<defs>", DARK + "<defs>");
    }

    /** A viewer that knows no variables takes the colour itself. */
    private static String named(String svg, String name, Color colour) {
        String rgb = "rgb(" + colour.getRed() + "," + colour.getGreen() + "," + colour.getBlue() + ")";
        return svg.replace(rgb, "var(--" + name + ", " + rgb + ")");
    }
}
