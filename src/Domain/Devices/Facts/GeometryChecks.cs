namespace SurveillanceRegistry.Domain.Devices.Facts;

/// <summary>Checks positions and areas on the ground: their range, their rings and their size.</summary>
internal static class GeometryChecks
{
    /// <summary>The refusal of a position that is not on Earth; null when it is.</summary>
    public static Refusal? Check(Position position, string where) =>
        position.IsOnEarth
            ? null
            : Invalid(
                where,
                $"Latitude {position.Latitude}, longitude {position.Longitude}: expected a latitude from -90 to 90 and a longitude from "
                    + $"-180 to 180{(Math.Abs(position.Latitude) is > 90 and <= 180 ? "; they may be swapped" : "")}."
            );

    /// <summary>The refusal of an area; null when it can be registered.</summary>
    /// <param name="noun">What the area is, for a sentence: <c>covered area</c>.</param>
    public static Refusal? Check(Area area, IAreaCheck areas, string where, string noun)
    {
        if (area.Points.Take(Area.MaxPoints + 1).Count() > Area.MaxPoints)
            return Invalid(where, $"The {noun} has more than {Area.MaxPoints} points: simplify it.");
        if (area.Points.Any(point => !point.IsOnEarth))
            return Invalid(where, $"The {noun} has a point that is not on Earth: expected longitude, latitude, in degrees.");
        if (areas.FindProblem(area) is { } problem)
            return Invalid(where, problem);
        return ExtentOf(area) is > FactChecks.MaxExtentMetres and var extent
            ? Invalid(where, $"The {noun} is {extent / 1000:0} km across: expected at most {FactChecks.MaxExtentMetres / 1000:0} km.")
            : null;
    }

    private static double ExtentOf(Area area) =>
        new Position(area.Points.Min(point => point.Longitude), area.Points.Min(point => point.Latitude)).MetresTo(
            new Position(area.Points.Max(point => point.Longitude), area.Points.Max(point => point.Latitude))
        );

    private static Refusal Invalid(string where, string sentence) => new(RefusalCodes.Invalid, sentence, where);
}
