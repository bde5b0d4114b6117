using SurveillanceRegistry.Domain.Devices.Facts;

namespace SurveillanceRegistry.Domain.Devices.Imports;

/// <summary>Finds what is near a position, among many, by cells of a grid that are larger than "near" means.</summary>
internal sealed class NearIndex
{
    private const double CellDegrees = 0.0005; // 55 m to the north; at 80° of latitude still 10 m to the east.

    private readonly Dictionary<(long, long), List<(Position At, int Row, string? Device)>> _cells = [];

    public void Add(Position? position, int row, string? device)
    {
        if (position is not { } at)
            return;
        var cell = CellOf(at);
        if (!_cells.TryGetValue(cell, out var inside))
            _cells[cell] = inside = [];
        inside.Add((at, row, device));
    }

    /// <summary>The nearest within <see cref="ListComparison.NearMetres"/>; null when there is none.</summary>
    public (int Row, string? Device, double Metres)? Find(Position? position)
    {
        if (position is not { } at)
            return null;
        var (x, y) = CellOf(at);
        (int Row, string? Device, double Metres)? nearest = null;
        for (var east = x - 2; east <= x + 2; east++)
        {
            for (var north = y - 1; north <= y + 1; north++)
            {
                foreach (var (other, row, device) in _cells.GetValueOrDefault((east, north)) ?? [])
                {
                    var metres = at.MetresTo(other);
                    if (metres <= ListComparison.NearMetres && !(nearest?.Metres <= metres))
                        nearest = (row, device, metres);
                }
            }
        }

        return nearest;
    }

    private static (long, long) CellOf(Position at) =>
        ((long)Math.Floor(at.Longitude / CellDegrees), (long)Math.Floor(at.Latitude / CellDegrees));
}
