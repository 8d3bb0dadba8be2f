import java.io.*;
import java.util.*;
import java.util.function.*;
import java.util.stream.*;

public class Main {
    record Point(int x, int y) {}
    interface Shape { double area(); }
    static class Circle implements Shape {
        private final double radius;
        Circle(double radius) { this.radius = radius; }
        @Override public double area() { return Math.PI * radius * radius; }
    }
    static <T extends Comparable<T>> T largest(List<? extends T> values) {
        T best = null;
        for (T value : values) if (best == null || value.compareTo(best) > 0) best = value;
        return best;
    }
    public static void main(String[] args) throws IOException {
        BufferedReader reader = new BufferedReader(new InputStreamReader(System.in));
        Map<String, Integer> counts = new HashMap<>();
        int[][] grid = new int[4][4];
        for (int i = 0; i < 4; i++) for (int j = 0; j < 4; j++) grid[i][j] = i * j;
        String line = reader.readLine();
        if (line != null) for (String word : line.split(" ")) counts.merge(word, 1, Integer::sum);
        List<Integer> squares = IntStream.range(0, 9).mapToObj(x -> x * x).collect(Collectors.toList());
        Function<Integer, String> show = x -> switch (x % 3) { case 0 -> "a"; case 1 -> "b"; default -> "c"; };
        try (Scanner scanner = new Scanner("1 2")) {
            while (scanner.hasNextInt()) System.out.printf("%d %s%n", scanner.nextInt(), show.apply(1));
        } catch (IllegalStateException | NumberFormatException e) {
            throw new RuntimeException("failed: " + e.getMessage(), e);
        }
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, Integer> entry : counts.entrySet()) text.append(entry.getKey()).append('=');
        System.out.println(text + " " + largest(squares) + new Point(1, 2) + new Circle(2).area() + grid[3][3]);
    }
}
