export interface Sample {
  id: string;
  name: string;
  number: string;
}

export const SAMPLES: Sample[] = Array.from({ length: 2000 }, (_, index) => ({
  id: String(index),
  name: `Person ${String(index + 1)}`,
  number: String(201 + index),
}));
