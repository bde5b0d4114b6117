using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Imports;

namespace SurveillanceRegistry.Files.Lists;

/// <summary>Reads the lists of cities, by what their bytes say they are.</summary>
public sealed class CityListReader : ICityListReader
{
    public CityList Read(ReadOnlyMemory<byte> bytes, ListOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var span = bytes.Span;
        if (span.Length > CityList.MaxBytes)
            return CityList.Unreadable($"{span.Length} bytes", $"at most {CityList.MaxBytes} bytes: split the list into several files");
        if (span is [(byte)'P', (byte)'K', 3, 4, ..])
            return WorkbookReader.Read(bytes, options, cancellationToken);
        if (span is [0xD0, 0xCF, 0x11, 0xE0, ..])
            return CityList.Unreadable(
                "an old workbook (.xls), or one with a password",
                "a workbook without a password, saved as .xlsx, or a CSV"
            );
        var (text, unreadable) = ListEncoding.Decode(span, options.Encoding);
        if (text is null)
            return unreadable!;
        return text.AsSpan().TrimStart() is ['{', ..]
            ? GeoJsonReader.Read(text, cancellationToken)
            : CsvListReader.Read(text, options, cancellationToken);
    }

    public byte[] WriteCsv(IEnumerable<Device> devices) => DeviceExport.WriteCsv(devices);

    public byte[] WriteGeoJson(IEnumerable<Device> devices) => DeviceExport.WriteGeoJson(devices);
}
