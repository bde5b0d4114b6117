using CsvHelper;
using SurveillanceRegistry.Domain.Registers.Lists;

namespace SurveillanceRegistry.Files.Csv;

/// <summary>Writes a register as a CSV so that an import of the file finds nothing to change.</summary>
public static class RegisterExport
{
    public static byte[] WriteCsv<T>(IEnumerable<T> values, ListShape<T> shape)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(shape);
        using var stream = new MemoryStream();
        using (
            var csv = CsvWriter.Create(
                stream,
                new CsvWriterOptions
                {
                    Quoting = CsvQuoting.WhenNeededOrWhitespace,
                    WriteByteOrderMark = true,
                    NewLine = "\r\n",
                },
                leaveOpen: true
            )
        )
        {
            csv.WriteRecord([.. shape.Columns]);
            foreach (var value in values)
                csv.WriteRecord([
                    FormulaEscaping.Escape(shape.IdOf(value)),
                    .. shape.Fields.Select(field => FormulaEscaping.Escape(field.Write(value) ?? "")),
                ]);
        }

        return stream.ToArray();
    }
}
